// Formats a user's input for a message: quoted, short, printable, on one line.
#pragma once

#include <string>
#include <string_view>

namespace assay {

/// `"text"` with control and non-ASCII bytes as `?`, cut after `limit` characters.
std::string in_quotes(std::string_view text, std::size_t limit = 60);
/// The same without the quotation marks.
std::string printable(std::string_view text, std::size_t limit = 200);

}  // namespace assay
