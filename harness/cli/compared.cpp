// Tables of a comparison: the ratio as B's time against A's, with its interval and its reason.
#include "harness/cli/compared.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "harness/cli/quantity.h"
#include "harness/cli/table.h"
#include "harness/core/plain_text.h"

namespace assay::cli {

namespace {

constexpr std::size_t kMostRows = 200;

constexpr ComparisonVerdict kOrder[] = {ComparisonVerdict::worse, ComparisonVerdict::better,
                                        ComparisonVerdict::unclear, ComparisonVerdict::same,
                                        ComparisonVerdict::not_comparable};

std::vector<const ComparedCase*> in_order(const Comparison& comparison) {
  std::vector<const ComparedCase*> ordered;
  for (const ComparisonVerdict verdict : kOrder) {
    for (const ComparedCase& one : comparison.cases)
      if (one.verdict == verdict) ordered.push_back(&one);
  }
  return ordered;
}

/// 1.052 as `+5.2 %`.
std::string change(double ratio) { return fmt::format("{:+.1f} %", (ratio - 1) * 100); }

std::string interval(const std::optional<double>& low, const std::optional<double>& high) {
  if (!low || !high) return "";
  return fmt::format("{:+.1f} to {:+.1f} %", (*low - 1) * 100, (*high - 1) * 100);
}

std::string verdict_of(const ComparedCase& one) {
  std::string text = name(one.verdict);
  std::replace(text.begin(), text.end(), '_', ' ');
  return text;
}

/// The device, or what the scope is.
std::string place_of(const ComparedCase& one) {
  if (one.scope.members.empty()) return one.scope.level;
  if (one.scope.members.size() > 2)
    return fmt::format("{} of {}", one.scope.level, one.scope.members.size());
  std::string text;
  for (const std::string& member : one.scope.members)
    text += (text.empty() ? "" : " - ") + plain_line(member);
  return text;
}

bool has_cost(const Comparison& comparison) {
  return comparison.a.price_per_device_hour && comparison.b.price_per_device_hour;
}

std::vector<std::string> heading(const Comparison& comparison) {
  std::vector<std::string> row = {"case", "series",   "where",    "A",
                                  "B",    "B's time", "interval", "verdict"};
  if (has_cost(comparison))
    row.insert(row.end() - 1, {"A's cost", "B's cost", "B's cost over A's"});
  row.push_back("why");
  return row;
}

std::vector<std::string> row_of(const ComparedCase& one, const Comparison& comparison) {
  std::vector<std::string> row = {one.case_id,
                                  name(one.series),
                                  place_of(one),
                                  one.a_s ? quantity(*one.a_s, "s") : "",
                                  one.b_s ? quantity(*one.b_s, "s") : "",
                                  one.ratio ? change(*one.ratio) : "",
                                  interval(one.ci_low, one.ci_high),
                                  verdict_of(one)};
  if (has_cost(comparison)) {
    const auto price = [&](double value) {
      return fmt::format("{:.3g} / {}", value, one.cost->unit);
    };
    const std::vector<std::string> cells =
        one.cost ? std::vector{price(one.cost->a), price(one.cost->b), change(one.cost->ratio)}
                 : std::vector<std::string>(3);
    row.insert(row.end() - 1, cells.begin(), cells.end());
  }
  row.push_back(plain_line(one.reason));
  return row;
}

Rows mean_rows(const Comparison& comparison) {
  Rows rows = {{"geometric mean", "cases", "B's time", "interval"}};
  if (has_cost(comparison)) rows.front().push_back("B's cost");
  for (const ComparedMean& mean : comparison.means) {
    rows.push_back({mean.what, std::to_string(mean.cases), change(mean.ratio),
                    interval(mean.ci_low, mean.ci_high)});
    if (has_cost(comparison))
      rows.back().push_back(mean.cost_ratio ? change(*mean.cost_ratio) : "");
  }
  return rows;
}

std::string counts_in_words(const Comparison& comparison) {
  std::string text;
  for (const ComparisonVerdict verdict : kOrder) {
    const auto found = comparison.counts.find(name(verdict));
    const int count = found == comparison.counts.end() ? 0 : found->second;
    std::string word = name(verdict);
    std::replace(word.begin(), word.end(), '_', ' ');
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, word);
  }
  return text;
}

std::string side_in_words(const ComparedSide& side) {
  std::string devices;
  for (const auto& [device, number] : side.devices)
    devices += fmt::format("{}{} x {}", devices.empty() ? "" : ", ", number, plain_line(device));
  std::string text = fmt::format("{} ({} documents, {} nodes, {})", plain_line(side.name),
                                 side.documents.size(), side.nodes.size(), devices);
  if (side.simulated) text += ", SIMULATED: no hardware was measured";
  if (side.price_per_device_hour)
    text += fmt::format(", {} a device and hour", *side.price_per_device_hour);
  return text;
}

std::string rule_in_words(const Comparison& comparison) {
  return fmt::format(
      "B's time against A's; worse or better only where the {:.0f} % interval lies wholly outside "
      "{:.1f} %",
      comparison.level * 100, comparison.margin * 100);
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

std::string coloured(const std::string& text, const Comparison& comparison) {
  const auto worse = comparison.counts.find("worse");
  const bool is_bad = worse != comparison.counts.end() && worse->second > 0;
  return fmt::format("\x1b[{}m{}\x1b[0m", is_bad ? 31 : 32, text);
}

}  // namespace

std::string compared_as_text(const Comparison& comparison, bool colour, std::size_t width) {
  const std::string counts = counts_in_words(comparison);
  std::string text = kComparedText + (colour ? coloured(counts, comparison) : counts) + "\n";
  text += "A: " + side_in_words(comparison.a) + "\n";
  text += "B: " + side_in_words(comparison.b) + "\n";
  text += rule_in_words(comparison) + "\n";
  for (const Difference& one : comparison.differences)
    text += fmt::format("differs: {}: {} in A, {} in B\n", plain_line(one.what), plain_line(one.a),
                        plain_line(one.b));
  Rows rows = {heading(comparison)};
  for (const ComparedCase* one : in_order(comparison)) rows.push_back(row_of(*one, comparison));
  text += '\n' + table(rows, width);
  if (!comparison.means.empty()) text += '\n' + table(mean_rows(comparison), width);
  return text;
}

std::string compared_as_markdown(const Comparison& comparison) {
  std::string text = fmt::format("{}: {}\n\n", kComparedMarkdown, counts_in_words(comparison));
  text += "- A: " + cell(side_in_words(comparison.a)) + "\n";
  text += "- B: " + cell(side_in_words(comparison.b)) + "\n";
  text += "- " + rule_in_words(comparison) + "\n";
  for (const Difference& one : comparison.differences)
    text += fmt::format("- differs: {}: {} in A, {} in B\n", cell(one.what),
                        cell(plain_line(one.a)), cell(plain_line(one.b)));
  Rows rows = {heading(comparison)};
  const std::vector<const ComparedCase*> ordered = in_order(comparison);
  for (std::size_t i = 0; i < std::min(ordered.size(), kMostRows); ++i)
    rows.push_back(row_of(*ordered[i], comparison));
  text += '\n' + markdown_table(rows);
  if (ordered.size() > kMostRows)
    text +=
        fmt::format("\nand {} more cases: `--format json` has all\n", ordered.size() - kMostRows);
  if (!comparison.means.empty()) text += '\n' + markdown_table(mean_rows(comparison));
  return text;
}

}  // namespace assay::cli
