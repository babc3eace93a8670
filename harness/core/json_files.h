// The JSON files of a folder.
#pragma once

#include <filesystem>
#include <vector>

namespace assay {

/// `*.json` of one folder in the order of their names. Hidden files are skipped, because a killed
/// writer leaves them behind. Throws Error when the folder cannot be read.
std::vector<std::filesystem::path> json_files(const std::filesystem::path& folder);

}  // namespace assay
