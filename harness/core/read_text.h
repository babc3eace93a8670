// Reads a file into memory that is used again.
#pragma once

#include <filesystem>
#include <string>

namespace assay {

/// As the other read_text, in place of what `text` held: whoever reads many files of one size
/// allocates and clears memory once.
void read_text(const std::filesystem::path& path, std::string& text);

}  // namespace assay
