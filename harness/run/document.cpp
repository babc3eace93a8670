// Checks the place of the document early, and rewrites it through core's writer.
#include "harness/run/document.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "harness/core/document.h"
#include "harness/core/error.h"

namespace assay::cli {

namespace fs = std::filesystem;

fs::path default_output(const std::string& profile_name) {
  std::string time = utc_now();  // 2026-11-23T17:40:00.123Z
  time.erase(std::min(time.find('.'), time.size() - 1));
  std::erase_if(time, [](char c) { return c == '-' || c == ':'; });
  return fmt::format("assay-{}-{}Z.json", profile_name, time);
}

void check_output(const fs::path& path) {
  std::error_code failure;
  const fs::path absolute = fs::absolute(path, failure);
  if (failure || path.filename().empty() || fs::is_directory(absolute, failure))
    throw Error(fmt::format("-o {} is a folder: name the file to write in it", path.string()));
  const fs::path folder = absolute.parent_path();
  if (access(folder.c_str(), W_OK | X_OK) == 0) return;
  if (errno == ENOENT || errno == ENOTDIR)
    throw Error(fmt::format("cannot write {}: there is no folder {}; make it first", path.string(),
                            folder.string()));
  throw Error(fmt::format("cannot write {}: the folder {} is not writable: {}; choose another",
                          path.string(), folder.string(), std::strerror(errno)));
}

RunDocument::RunDocument(fs::path path, Result result)
    : path_(std::move(path)), result_(std::move(result)) {}

void RunDocument::write() const { write_document(to_json(result_), DocumentKind::result, path_); }

void RunDocument::add(const std::vector<Measurement>& measurements) {
  result_.measurements.insert(result_.measurements.end(), measurements.begin(), measurements.end());
  write();
}

void RunDocument::finish(RunStatus status) {
  result_.status = status;
  result_.run.finished = utc_now();
  write();
}

void RunDocument::fail(const std::string& reason) noexcept {
  try {
    result_.error = reason;
    finish(RunStatus::error);
  } catch (const std::exception&) {
    // The disk still has the last whole document, which reads as interrupted.
  }
}

}  // namespace assay::cli
