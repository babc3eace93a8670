// Reads a file into memory that is used again.
#pragma once

#include <filesystem>
#include <string>

namespace assay {

/// As the other read_text, but replaces what `text` held, so that a reader of many files of one
/// size allocates and clears memory once.
void read_text(const std::filesystem::path& path, std::string& text);

}  // namespace assay
