// A comparison as text: what the sides are and in what they differ, then its tables.
#include "harness/cli/compared.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "harness/cli/compared_rows.h"
#include "harness/cli/manual.h"
#include "harness/core/number_of.h"
#include "harness/core/plain_text.h"

namespace assay::cli {

namespace {

constexpr std::size_t kMostRows = 200;

std::string side_in_words(const ComparedSide& side) {
  std::string devices;
  for (const auto& [device, number] : side.devices)
    devices += fmt::format("{}{} x {}", devices.empty() ? "" : ", ", number, plain_line(device));
  std::string text = fmt::format(
      "{} ({}, {}, {})", plain_line(side.name), number_of(side.documents.size(), "document"),
      number_of(side.nodes.size(), "node"), devices.empty() ? "no devices" : devices);
  if (side.price_per_device_hour)
    text += fmt::format(", {} a device and hour", *side.price_per_device_hour);
  return text;
}

std::string rule_in_words(const std::vector<Comparison>& comparisons) {
  const Comparison& first = comparisons.front();
  return fmt::format(
      "{} time against A's; worse or better only where the {:.0f} % interval lies wholly outside "
      "{:.1f} %",
      comparisons.size() == 1 ? "B's" : "each side's", first.level * 100, first.margin * 100);
}

/// A cell holds no bar, line break or markup of its own: names come from machines.
std::string cell(const std::string& text) {
  std::string escaped;
  for (const char letter : plain_line(text)) {
    if (letter == '<' || letter == '&') {  // of an entity, too
      escaped += letter == '<' ? "&lt;" : "&amp;";
      continue;
    }
    if (std::string("|\\`*_[]@#").find(letter) != std::string::npos) escaped += '\\';
    escaped += letter;
  }
  return escaped;
}

std::string markdown_table(const Rows& rows) {
  std::string text;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (const std::string& one : rows[i]) text += "| " + cell(one) + ' ';
    text += "|\n";
    if (i > 0) continue;
    for (std::size_t column = 0; column < rows[i].size(); ++column) text += "| --- ";
    text += "|\n";
  }
  return text;
}

/// `B: 1 worse, …; C: …`; of two sides without the letter.
std::string outcome_in_words(const std::vector<Comparison>& comparisons) {
  if (comparisons.size() == 1) return counts_in_words(comparisons.front());
  std::string text;
  for (std::size_t i = 0; i < comparisons.size(); ++i)
    text += fmt::format("{}{}: {}", i == 0 ? "" : "; ", side_letter(i),
                        counts_in_words(comparisons[i]));
  return text;
}

std::string coloured(const std::string& text, const std::vector<Comparison>& comparisons) {
  const bool is_bad =
      std::any_of(comparisons.begin(), comparisons.end(), [](const Comparison& comparison) {
        const auto worse = comparison.counts.find("worse");
        return worse != comparison.counts.end() && worse->second > 0;
      });
  return fmt::format("\x1b[{}m{}\x1b[0m", is_bad ? 31 : 32, text);
}

std::string in_words(const std::string& value) {
  return value.empty() ? "unknown" : plain_line(value);
}

/// The side, then what a reader must know about its documents.
void add_side(const std::string& letter, const ComparedSide& side,
              std::vector<std::string>& lines) {
  lines.push_back(fmt::format("{}: {}", letter, side_in_words(side)));
  for (const Mark& mark : side.marks)
    lines.push_back(fmt::format("{}: {}", letter, plain_line(mark.sentence)));
}

/// What stands above the tables: the sides, the rule, and in what the sides differ.
std::vector<std::string> lines_above(const std::vector<Comparison>& comparisons) {
  std::vector<std::string> lines;
  add_side("A", comparisons.front().a, lines);
  for (std::size_t i = 0; i < comparisons.size(); ++i)
    add_side(side_letter(i), comparisons[i].b, lines);
  lines.push_back(rule_in_words(comparisons));
  for (std::size_t i = 0; i < comparisons.size(); ++i)
    for (const Difference& one : comparisons[i].differences)
      lines.push_back(fmt::format("differs: {}: {} in A, {} in {}", plain_line(one.what),
                                  in_words(one.a), in_words(one.b), side_letter(i)));
  return lines;
}

}  // namespace

std::string compared_as_text(const std::vector<Comparison>& comparisons, bool colour,
                             std::size_t width) {
  const std::string outcome = outcome_in_words(comparisons);
  std::string text = kComparedText + (colour ? coloured(outcome, comparisons) : outcome) + "\n";
  for (const std::string& line : lines_above(comparisons)) text += wrap(line, 0, width);
  for (const Rows& rows : {case_rows(comparisons), cost_rows(comparisons), mean_rows(comparisons)})
    if (!rows.empty()) text += '\n' + table(rows, width);
  return text;
}

std::string compared_as_markdown(const std::vector<Comparison>& comparisons) {
  std::string text = fmt::format("{}: {}\n\n", kComparedMarkdown, outcome_in_words(comparisons));
  for (const std::string& line : lines_above(comparisons)) text += "- " + cell(line) + "\n";
  for (Rows rows : {case_rows(comparisons), cost_rows(comparisons), mean_rows(comparisons)}) {
    if (rows.empty()) continue;
    const std::size_t left_out = rows.size() - std::min(rows.size(), kMostRows + 1);
    rows.resize(rows.size() - left_out);
    text += '\n' + markdown_table(rows);
    if (left_out > 0)
      text += fmt::format("\nand {} more rows: `--format html` has all\n", left_out);
  }
  return text;
}

}  // namespace assay::cli
