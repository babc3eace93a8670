// From what was typed to the documents meant: files as they are, folders by what they hold.
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>
#include <set>

#include "harness/core/attestation.h"
#include "harness/core/document.h"
#include "harness/core/error.h"
#include "harness/core/json_files.h"
#include "harness/core/json_limits.h"
#include "harness/core/read_text.h"
#include "harness/core/stated_kind.h"

namespace assay {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kChunkBytes = std::size_t{1} << 20;
constexpr std::size_t kPaddingBytes = 64;  // that simdjson reads past the end of what it parses

/// Whether the file says of itself that it is a document of ours, and not a result. A file that
/// says nothing clear is kept: reading it will say what is wrong with it, loudly.
bool is_other_document(const fs::path& path) {
  if (is_envelope(path)) return true;
  return stated_kind(path).value_or(DocumentKind::result) != DocumentKind::result;
}

std::vector<fs::path> documents_in(const fs::path& folder) {
  std::vector<fs::path> found = json_files(folder);
  std::erase_if(found, is_other_document);
  return found;
}

std::vector<fs::path> documents_of_run(const fs::path& folder) {
  std::vector<fs::path> found = documents_in(folder);
  std::error_code ignored;
  if (fs::is_directory(folder / "nodes", ignored)) {
    const std::vector<fs::path> nodes = documents_in(folder / "nodes");
    found.insert(found.end(), nodes.begin(), nodes.end());
  }
  return found;
}

std::vector<fs::path> runs_below(const fs::path& folder) {
  std::vector<fs::path> runs;
  std::error_code problem;
  for (fs::directory_iterator entry(folder, problem), end; !problem && entry != end;
       entry.increment(problem)) {
    std::error_code ignored;
    if (fs::is_directory(entry->path() / "nodes", ignored)) runs.push_back(entry->path());
  }
  std::sort(runs.begin(), runs.end());
  return runs;
}

/// Where each process of a run wrote into a folder of its own, rank 0's also holds what it gathered
/// of the others: of equal files of one name the first is taken. Those that differ are all kept,
/// and judging them is refused.
std::vector<fs::path> documents_below(const fs::path& folder) {
  std::vector<fs::path> found;
  std::multimap<fs::path, fs::path> taken;  // by the name within a run
  for (const fs::path& run : runs_below(folder))
    for (const fs::path& document : documents_of_run(run)) {
      const fs::path name = document.lexically_relative(run);
      const auto [first, last] = taken.equal_range(name);
      const bool is_copy = std::any_of(first, last, [&](const auto& other) {
        return read_text(other.second) == read_text(document);
      });
      if (is_copy) continue;
      taken.emplace(name, document);
      found.push_back(document);
    }
  return found;
}

}  // namespace

std::vector<fs::path> json_files(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code problem;
  for (fs::directory_iterator entry(folder, problem), end; !problem && entry != end;
       entry.increment(problem)) {
    const fs::path& path = entry->path();
    const bool hidden = path.filename().string().starts_with('.');
    std::error_code ignored;
    if (!hidden && path.extension() == ".json" && !entry->is_directory(ignored)) {
      found.push_back(path);
    }
  }
  if (problem) {
    throw Error(fmt::format("cannot read folder {}: {}", folder.string(), problem.message()));
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::string read_text(const fs::path& path) {
  std::string text;
  read_text(path, text);
  return text;
}

void read_text(const fs::path& path, std::string& text) {
  std::error_code ignored;
  const fs::file_status status = fs::status(path, ignored);
  if (fs::is_directory(status)) {
    throw Error(fmt::format("cannot read {}: it is a folder", path.string()));
  }
  if (fs::exists(status) && !fs::is_regular_file(status)) {
    throw Error(
        fmt::format("cannot read {}: it is a pipe or a device; give a file", path.string()));
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error(fmt::format("cannot read {}: {}", path.string(), std::strerror(errno)));
  // In one read, unless the file has no size or grows meanwhile: a fleet's take gigabytes.
  const std::uintmax_t size = fs::file_size(path, ignored);
  std::size_t chunk =
      ignored ? kChunkBytes : std::min<std::uintmax_t>(size, kMaximumDocumentBytes) + 1;
  text.reserve(chunk + kPaddingBytes);
  std::size_t size_read = 0;
  while (file && size_read <= kMaximumDocumentBytes) {
    text.resize(size_read + chunk);  // what it held is not cleared
    file.read(text.data() + size_read, static_cast<std::streamsize>(chunk));
    size_read += static_cast<std::size_t>(file.gcount());
    chunk = kChunkBytes;
  }
  text.resize(size_read);  // one chunk past the limit is enough for parse_json to refuse it
  if (file.bad()) throw Error(fmt::format("cannot read {}: the read failed", path.string()));
}

std::vector<fs::path> expand_paths(const std::vector<std::string>& paths) {
  std::vector<fs::path> expanded;
  std::set<fs::path> seen;  // one document named twice is still one node
  const auto add = [&](const fs::path& path) {
    std::error_code ignored;
    const fs::path plain = fs::weakly_canonical(path, ignored);
    if (seen.insert(plain.empty() ? path : plain).second) expanded.push_back(path);
  };
  for (const std::string& path : paths) {
    std::error_code problem;
    const fs::file_status status = fs::status(path, problem);
    if (path.empty()) throw Error("a PATH is empty: name a file or a folder");
    const bool is_absent =
        status.type() == fs::file_type::not_found || problem == std::errc::filename_too_long;
    if (is_absent) throw Error(fmt::format("{}: no such file or folder", path));
    if (!fs::exists(status))
      throw Error(fmt::format("cannot read {}: {}", path, problem.message()));
    if (!fs::is_directory(status)) {
      add(path);
      continue;
    }
    std::vector<fs::path> documents = documents_of_run(path);
    if (documents.empty()) documents = documents_below(path);
    if (documents.empty())
      throw Error(fmt::format(
          "{} holds no result document (*.json or nodes/*.json), nor does a run's folder in it",
          path));
    for (const fs::path& document : documents) add(document);
  }
  return expanded;
}

}  // namespace assay
