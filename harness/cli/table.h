// Rows of text in aligned columns that fit a line.
#pragma once

#include <string>
#include <vector>

namespace assay::cli {

using Rows = std::vector<std::vector<std::string>>;

/// Columns two spaces apart, each as wide as its widest cell; lines end without blanks. The first
/// row is the heading; every cell passes `plain_line`. The last cell of a row is wrapped at
/// `width`, below its row where it has no room beside it; one of a row with fewer cells runs on
/// over the others' columns. Where the columns are still too wide, headings are wrapped and a long
/// first cell has lines of its own.
std::string table(const Rows& rows, std::size_t width);

/// Texts that several rows share: a row has a mark, and the text stands once below the table.
class Notes {
 public:
  /// Call once for every row, before `mark`.
  void count(const std::string& text);
  /// `text` itself where it is one row's alone, else `[1]`.
  std::string mark(const std::string& text) const;
  /// The same behind something: ` (text)` or ` [1]`.
  std::string aside(const std::string& text) const;
  /// `[1] text` a line, wrapped at `width`; empty where there are none.
  std::string str(std::size_t width) const;

 private:
  std::vector<std::pair<std::string, int>> counts_;  // in the order of the rows
};

}  // namespace assay::cli
