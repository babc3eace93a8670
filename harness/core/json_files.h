// The documents that lie in a folder.
#pragma once

#include <filesystem>
#include <vector>

namespace assay {

/// `*.json` of one folder in the order of their names. Hidden files are left out: they are what a
/// killed writer leaves. Throws Error when the folder cannot be read.
std::vector<std::filesystem::path> json_files(const std::filesystem::path& folder);

}  // namespace assay
