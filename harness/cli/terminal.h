// What may be written to a stream: colour and moving lines belong on a terminal only.
#pragma once

#include <cstdio>

namespace assay::cli {

/// True when someone is looking: a terminal that understands escape sequences.
bool is_terminal(std::FILE* stream);
/// True on a terminal where NO_COLOR is unset or empty (https://no-color.org).
bool wants_colour(std::FILE* stream);
/// Columns of a line: the terminal's, or kPipeColumns where the stream is none.
std::size_t line_columns(std::FILE* stream);

}  // namespace assay::cli
