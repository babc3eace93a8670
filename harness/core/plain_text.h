// Makes names that others chose safe to print, in the one place that does, and wraps lines.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace assay {

/// Columns of a line in a pipe or a file, where no terminal says how many there are.
constexpr std::size_t kPipeColumns = 105;

/// `text` on one line that no terminal, page or parser obeys: a blank for a tab or a line end, and
/// `?` for every other control character (C0, DEL, C1), for marks that reorder or hide text
/// (bidirectional, zero-width, tags), for noncharacters and for bytes that are no UTF-8.
std::string plain_line(std::string_view text);
/// The same for a text of several lines: line feeds stay.
std::string plain_text(std::string_view text);

/// Columns that a plain text takes at most: two for a wide letter (East Asian, emoji).
std::size_t columns(std::string_view plain);
/// The first letters of a plain text that fit into `limit` columns.
std::string_view first_columns(std::string_view plain, std::size_t limit);
/// Lines of at most `width` columns, broken at blanks; a word that is longer than a line is broken
/// too. No line for a text without words.
std::vector<std::string> wrapped(std::string_view plain, std::size_t width);
/// Columns of the longest word.
std::size_t longest_word(std::string_view plain);

}  // namespace assay
