// Everything that this program prints goes through here, so that foreign names pass the filter.
#pragma once

#include <cstdio>
#include <string_view>

namespace assay {

/// Prints the text as `plain_text` leaves it. What cannot be written is the stream's error.
void print(std::FILE* stream, std::string_view text);
/// On standard output.
void print(std::string_view text);

/// For what a renderer made, with colours, and for bytes of an archive: as they are. Names in it
/// have passed the filter before.
void print_rendered(std::FILE* stream, std::string_view text);

}  // namespace assay
