// Which documents below a folder are one run, and which cluster it is of.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace assay {

struct RunFiles {
  std::string name;     ///< Its path below the folder, without `.json`.
  std::string cluster;  ///< The first folder on that path; empty for a run that is in none.
  std::vector<std::filesystem::path> documents;
};

/// Every run below `folder`, by name. A folder with `nodes/` is one run, as the commands for many
/// nodes write it; every other result document is a run of its own. Hidden files and folders and
/// our documents of other kinds are skipped. Throws Error where there is none.
std::vector<RunFiles> run_folders(const std::filesystem::path& folder);

}  // namespace assay
