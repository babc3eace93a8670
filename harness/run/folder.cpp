// Names by profile and time, and checks early that they can be written.
#include "harness/run/folder.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>

#include "harness/core/document.h"
#include "harness/core/error.h"
#include "harness/measure/node.h"

namespace assay::run {

namespace fs = std::filesystem;

fs::path default_file(const std::string& profile_name) {
  return default_folder(profile_name).string() + ".json";
}

fs::path default_folder(const std::string& profile_name) {
  std::string time = utc_now();  // 2026-11-23T17:40:00.123Z
  time.erase(std::min(time.find('.'), time.size() - 1));
  std::erase_if(time, [](char c) { return c == '-' || c == ':'; });
  return fmt::format("assay-{}-{}Z", profile_name, time);
}

DocumentPlaces file_place(const fs::path& file) {
  std::error_code failure;
  const fs::path absolute = fs::absolute(file, failure);
  if (failure || file.filename().empty() || fs::is_directory(absolute, failure))
    throw Error(fmt::format("cannot write {}: it is a folder; name a file in it", file.string()));
  const fs::path folder = absolute.parent_path();
  if (access(folder.c_str(), W_OK | X_OK) == 0) return {file, file, {}};
  if (errno == ENOENT || errno == ENOTDIR)
    throw Error(fmt::format("cannot write {}: there is no folder {}; make it first", file.string(),
                            folder.string()));
  throw Error(fmt::format("cannot write {}: the folder {} is not writable: {}; choose another",
                          file.string(), folder.string(), std::strerror(errno)));
}

DocumentPlaces folder_places(const fs::path& folder, int rank) {
  std::error_code failure;
  fs::create_directories(folder / "nodes", failure);
  const bool writable = !failure && access((folder / "nodes").c_str(), W_OK | X_OK) == 0 &&
                        access(folder.c_str(), W_OK | X_OK) == 0;
  if (!writable)
    throw Error(
        fmt::format("cannot write into the folder {}: {}; with several ranks -o names a "
                    "folder",
                    folder.string(), failure ? failure.message() : std::strerror(errno)));
  std::string node;
  for (const char c : node_name())
    node += std::isalnum(static_cast<unsigned char>(c)) || c == '.' ? c : '-';
  return {folder, folder / "nodes" / fmt::format("rank{:04}-{}.json", rank, node.substr(0, 200)),
          folder / "fabric.json"};
}

}  // namespace assay::run
