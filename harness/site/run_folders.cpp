// Walks the tree of runs.
#include "harness/site/run_folders.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/core/attestation.h"
#include "harness/core/document.h"
#include "harness/core/error.h"
#include "harness/core/json_files.h"

namespace assay {

namespace {

namespace fs = std::filesystem;

bool is_result(const fs::path& file) {
  if (is_envelope(file)) return false;
  try {
    return kind_of(parse_json(read_text(file), file.string()), file.string()) ==
           DocumentKind::result;
  } catch (const Error&) {
    return true;  // reading it will say what is wrong
  }
}

/// In no order of their own: sorted below.
std::vector<fs::path> folders_in(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code problem;
  for (fs::directory_iterator entry(folder, problem), end; !problem && entry != end;
       entry.increment(problem)) {
    const bool hidden = entry->path().filename().string().starts_with('.');
    std::error_code ignored;
    if (!hidden && entry->is_directory(ignored) && !entry->is_symlink(ignored))
      found.push_back(entry->path());
  }
  if (problem)
    throw Error(fmt::format("cannot read folder {}: {}", folder.string(), problem.message()));
  return found;
}

class Walk {
 public:
  explicit Walk(const fs::path& top) : top_(top) { enter(top); }
  std::vector<RunFiles> take() {
    std::sort(runs_.begin(), runs_.end(),
              [](const RunFiles& a, const RunFiles& b) { return a.name < b.name; });
    return std::move(runs_);
  }

 private:
  void enter(const fs::path& folder) {
    std::error_code ignored;
    if (fs::is_directory(folder / "nodes", ignored)) {
      add(folder, expand_paths({folder.string()}));
      return;
    }
    for (const fs::path& file : json_files(folder))
      if (is_result(file)) add(file, {file});
    for (const fs::path& inner : folders_in(folder)) enter(inner);
  }
  void add(const fs::path& path, std::vector<fs::path> documents) {
    fs::path below = path.lexically_relative(top_);
    if (below.extension() == ".json") below.replace_extension();
    const bool is_top = below == ".";
    const bool is_nested = below.has_parent_path();
    runs_.push_back({is_top ? top_.filename().string() : below.generic_string(),
                     is_nested ? below.begin()->string() : "", std::move(documents)});
  }

  fs::path top_;
  std::vector<RunFiles> runs_;
};

}  // namespace

std::vector<RunFiles> run_folders(const fs::path& folder) {
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored))
    throw Error(fmt::format("{} is no folder of runs", folder.string()));
  std::vector<RunFiles> runs = Walk(folder).take();
  if (runs.empty()) throw Error(fmt::format("{} holds no result document", folder.string()));
  return runs;
}

}  // namespace assay
