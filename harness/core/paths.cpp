// From what was typed to the documents meant: files as they are, folders by what they hold.
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <set>

#include "harness/core/document.h"
#include "harness/core/error.h"

namespace assay {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaximumBytes = std::size_t{256} << 20;
constexpr std::size_t kChunkBytes = std::size_t{1} << 20;

/// Whether the file says of itself that it is a document of ours, and not a result. A file that
/// says nothing clear is kept: reading it will say what is wrong with it, loudly.
bool is_other_document(const fs::path& path) {
  try {
    return kind_of(parse_json(read_text(path), path.string()), path.string()) !=
           DocumentKind::result;
  } catch (const Error&) {
    return false;
  }
}

/// `*.json` of one folder in the order of their names, without hidden files: those are what a
/// killed writer leaves.
std::vector<fs::path> documents_in(const fs::path& folder) {
  std::vector<fs::path> found;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const fs::path& path = entry.path();
    const bool hidden = path.filename().string().starts_with('.');
    if (hidden || path.extension() != ".json" || entry.is_directory()) continue;
    if (!is_other_document(path)) found.push_back(path);
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<fs::path> documents_of_run(const fs::path& folder) {
  std::vector<fs::path> found = documents_in(folder);
  if (fs::is_directory(folder / "nodes")) {
    const std::vector<fs::path> nodes = documents_in(folder / "nodes");
    found.insert(found.end(), nodes.begin(), nodes.end());
  }
  if (found.empty()) {
    throw Error(
        fmt::format("{} holds no result document (*.json or nodes/*.json)", folder.string()));
  }
  return found;
}

}  // namespace

std::string read_text(const fs::path& path) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    throw Error(fmt::format("cannot read {}: it is a folder", path.string()));
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error(fmt::format("cannot read {}: {}", path.string(), std::strerror(errno)));
  std::string text;
  while (file && text.size() <= kMaximumBytes) {
    const std::size_t before = text.size();
    text.resize(before + kChunkBytes);
    file.read(text.data() + before, static_cast<std::streamsize>(kChunkBytes));
    text.resize(before + static_cast<std::size_t>(file.gcount()));
  }
  if (file.bad()) throw Error(fmt::format("cannot read {}: the read failed", path.string()));
  return text;  // one chunk past the limit is enough for parse_json to refuse it
}

std::vector<fs::path> expand_paths(const std::vector<std::string>& paths) {
  std::vector<fs::path> expanded;
  std::set<fs::path> seen;  // one document named twice is still one node
  const auto add = [&](const fs::path& path) {
    if (seen.insert(fs::weakly_canonical(path)).second) expanded.push_back(path);
  };
  for (const std::string& path : paths) {
    if (!fs::exists(path)) throw Error(fmt::format("{}: no such file or folder", path));
    if (!fs::is_directory(path)) {
      add(path);
      continue;
    }
    for (const fs::path& document : documents_of_run(path)) add(document);
  }
  return expanded;
}

}  // namespace assay
