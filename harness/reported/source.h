// The output of another tool: its lines without what a launcher put before them, or its JSON.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/result.h"

namespace assay::reported {

/// What `assay import` was given.
struct Source {
  std::string where;  // names it in messages
  std::string file;   // its name without folders, `-` for standard input
  std::string text;
  std::string collective;    // that a user says; empty: the output says it
  std::optional<int> ranks;  // the same
};

struct Line {
  std::size_t number = 0;  // from 1, in the file
  std::string text;
};

/// Without colours, carriage returns and what launchers put before them (prefixes.h); of files of
/// Docker and containerd the lines that were logged. A blank that does not break is one. Throws
/// Error for UTF-16.
std::vector<Line> lines_of(const Source& source);

/// The object from the first line that begins with `{` to the last that ends with `}`; nothing when
/// there is no such line. Throws Error for JSON that is broken.
std::optional<Json> json_in(const Source& source);

/// Throws Error: `where: line N: what`.
[[noreturn]] void refuse(const Source& source, std::size_t line, const std::string& what);

/// A field of an object, else null.
const Json* find(const Json& object, const char* key);
/// A text, or a number as its digits; else empty.
std::string text_at(const Json& object, const char* key);
/// A number, or a text that is one; else nothing.
std::optional<double> number_at(const Json& object, const char* key);
/// The elements of an array; nothing for anything else.
std::vector<const Json*> elements_at(const Json& object, const char* key);

/// A finite number that is all of `text`; else nothing.
std::optional<double> number_of(const std::string& text);
std::vector<std::string> words_in(const std::string& text);
/// `text` as a lower-case word of a case id: letters, digits and `_`, beginning with a letter.
std::string word_from(const std::string& text);

}  // namespace assay::reported
