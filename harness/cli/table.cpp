// Chooses the columns' widths for a line, then lays the rows out.
#include "harness/cli/table.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/core/plain_text.h"

namespace assay::cli {

namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kBelow = 4;       // indent of what has no room beside its row
constexpr std::size_t kLeastLast = 30;  // columns that a wrapped last cell wants
constexpr std::size_t kLeastFirst = 12;

struct Layout {
  std::size_t width = 0;
  std::vector<std::size_t> columns;  // without the last
  bool fits = true;                  // as the cells are: nothing but last cells is wrapped

  std::size_t start_of(std::size_t column) const {
    std::size_t start = 0;
    for (std::size_t i = 0; i < std::min(column, columns.size()); ++i) start += columns[i] + kGap;
    return start;
  }
};

/// Columns that the last cells need: all of them, or what they can be wrapped in.
std::size_t room_of_last(const Rows& rows, std::size_t count) {
  std::size_t longest = 0;
  for (const auto& row : rows)
    if (row.size() == count) longest = std::max(longest, columns(row.back()));
  return std::min(longest, kLeastLast);
}

std::vector<std::size_t> widest(const Rows& rows, bool wraps_headings) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows)
    for (std::size_t i = 0; i + 1 < row.size(); ++i) {
      widths.resize(std::max(widths.size(), i + 1));
      const bool is_wrapped = wraps_headings && &row == &rows.front();
      widths[i] = std::max(widths[i], is_wrapped ? longest_word(row[i]) : columns(row[i]));
    }
  return widths;
}

/// Of the cells below the heading.
std::size_t longest_word_of(const Rows& rows, std::size_t column) {
  std::size_t longest = 0;
  for (std::size_t i = 1; i < rows.size(); ++i)
    if (column + 1 < rows[i].size()) longest = std::max(longest, longest_word(rows[i][column]));
  return longest;
}

Layout layout_of(const Rows& rows, std::size_t width) {
  Layout layout{width, widest(rows, false)};
  const std::size_t room = room_of_last(rows, layout.columns.size() + 1);
  if (layout.columns.empty() || layout.start_of(layout.columns.size()) + room <= width)
    return layout;
  layout.columns = widest(rows, true);
  layout.fits = false;
  const std::size_t others = layout.start_of(layout.columns.size()) - layout.columns[0] + room;
  const std::size_t left = width > others ? width - others : 0;
  layout.columns[0] = std::clamp(left, std::min(kLeastFirst, layout.columns[0]), layout.columns[0]);
  // The first cells may stand above, the last ones below. In between, a cell with a long word, as a
  // UUID, is given lines of its own.
  const auto excess = [&] {
    const std::size_t end = layout.start_of(layout.columns.size()) - kGap;
    return end > width ? end - width : 0;
  };
  const std::size_t spare = layout.columns[0] - std::min(kBelow, layout.columns[0]);
  layout.columns[0] -= std::min(excess(), spare);
  for (std::size_t i = 1; i < layout.columns.size(); ++i)
    if (longest_word_of(rows, i) > kLeastFirst)
      layout.columns[i] -=
          std::min(excess(), layout.columns[i] - std::min(kLeastFirst, layout.columns[i]));
  return layout;
}

/// Lines of cells side by side, each cell in lines of its own.
class Block {
 public:
  void put(std::size_t at, const std::vector<std::string>& cell) {
    lines_.resize(std::max(lines_.size(), cell.size()));
    for (std::size_t i = 0; i < cell.size(); ++i) {
      const std::size_t filled = columns(lines_[i]);
      lines_[i].append(at > filled ? at - filled : 0, ' ').append(cell[i]);
    }
  }

  std::string str() const {
    std::string text;
    for (std::string line : lines_) {
      line.erase(line.find_last_not_of(' ') + 1);
      text += line + "\n";
    }
    return text;
  }

 private:
  std::vector<std::string> lines_;
};

std::vector<std::string> lines_of(const std::string& cell, std::size_t width) {
  if (columns(cell) <= width) return {cell};
  return wrapped(cell, width);
}

std::string laid_out(const std::vector<std::string>& row, const Layout& layout) {
  std::string above, below;
  Block block;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const bool is_last = i + 1 == row.size();
    const std::size_t start = layout.start_of(i);
    if (is_last) {
      const std::size_t room = layout.width > start ? layout.width - start : 0;
      const std::size_t wanted =
          std::max(longest_word(row[i]), std::min(columns(row[i]), kLeastLast));
      if (wanted <= room) {
        block.put(start, lines_of(row[i], room));
      } else {
        Block apart;
        apart.put(kBelow, lines_of(row[i], layout.width - kBelow));
        below = apart.str();
      }
    } else if (i == 0 && columns(row[0]) > layout.columns[0]) {
      Block apart;
      apart.put(0, lines_of(row[0], layout.width));
      above = apart.str();
    } else if (longest_word(row[i]) > layout.columns[i] && start < layout.width) {
      // As whole as it can be, and the rest of the row below it.
      block.put(start, lines_of(row[i], layout.width - start));
      above += block.str();
      block = Block();
    } else {
      block.put(start, lines_of(row[i], layout.fits ? layout.width : layout.columns[i]));
    }
  }
  return above + block.str() + below;
}

}  // namespace

std::string table(const Rows& given, std::size_t width) {
  Rows rows = given;
  for (auto& row : rows)
    for (std::string& cell : row) cell = plain_line(cell);
  const Layout layout = layout_of(rows, width);
  std::string text;
  for (const auto& row : rows) text += laid_out(row, layout);
  return text;
}

void Notes::count(const std::string& text) {
  const auto found = std::find_if(counts_.begin(), counts_.end(),
                                  [&](const auto& known) { return known.first == text; });
  if (found == counts_.end()) {
    counts_.emplace_back(text, 1);
  } else {
    ++found->second;
  }
}

std::string Notes::mark(const std::string& text) const {
  int number = 0;
  for (const auto& [known, rows] : counts_) {
    number += rows > 1 ? 1 : 0;
    if (known == text && rows > 1) return fmt::format("[{}]", number);
  }
  return text;
}

std::string Notes::aside(const std::string& text) const {
  const std::string shown = mark(text);
  return shown == text ? fmt::format(" ({})", text) : " " + shown;
}

std::string Notes::str(std::size_t width) const {
  std::string text;
  int number = 0;
  for (const auto& [known, rows] : counts_) {
    if (rows < 2) continue;
    Block block;
    block.put(0, {fmt::format("[{}]", ++number)});
    block.put(kBelow, lines_of(plain_line(known), width - kBelow));
    text += block.str();
  }
  return text;
}

}  // namespace assay::cli
