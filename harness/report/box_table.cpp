// Lays the cases of box_columns out in boxes, between the environment and the verdict.
#include "harness/report/box_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "harness/core/marks.h"
#include "harness/core/number_of.h"
#include "harness/core/plain_text.h"
#include "harness/core/statistics.h"
#include "harness/report/box_columns.h"

namespace assay {

namespace {

constexpr std::size_t kWidth = 100;
constexpr std::size_t kLongestLine = 26;  // of a line's name
constexpr std::size_t kShownValues = 3;
constexpr std::size_t kShownFailures = 12;

std::string left(const std::string& text, std::size_t width) {
  const std::string fitting(first_columns(text, width));
  return fitting + std::string(width - columns(fitting), ' ');
}
std::string right(const std::string& text, std::size_t width) {
  return std::string(width - std::min(width, columns(text)), ' ') + text;
}

/// Three significant digits at least, aligned by the whole numbers of SI units.
std::string figure(double value) {
  return value < 9.995   ? fmt::format("{:.2f}", value)
         : value < 99.95 ? fmt::format("{:.1f}", value)
                         : fmt::format("{:.0f}", value);
}

/// Columns that stand in one box, with the lines' names before and the verdict behind.
class Box {
 public:
  Box(const std::vector<BoxLine>& lines, bool colour) : lines_(lines), colour_(colour) {
    for (const BoxLine& line : lines) name_ = std::max(name_, columns(line.name));
    name_ = std::min(name_, kLongestLine);
  }
  bool takes(const BoxColumn& column) const {
    return columns_.empty() || width() + width_of(column) + 3 <= kWidth;
  }
  void add(const BoxColumn& column) { columns_.push_back(&column); }

  std::string str() const {
    std::string text = rule() + titles() + rule();
    for (std::size_t i = 0; i < lines_.size(); ++i)
      text += row(lines_[i].name, lines_[i].verdict,
                  [&](const BoxColumn& one) { return cell(one, i); });
    if (lines_.size() < 2) return text + rule();
    text += rule();
    const auto of_values = [](const auto& summary) {
      return [&summary](const BoxColumn& one) {
        const std::vector<double> values = values_of(one);
        return values.empty() ? std::string("-") : figure(summary(values));
      };
    };
    text += row("lowest", "", of_values([](const auto& values) { return quantile(values, 0); }));
    text += row("median", "", of_values([](const auto& values) { return median(values); }));
    text += row("total", "", [](const BoxColumn& one) {
      return one.total ? figure(*one.total) : std::string("-");
    });
    return text + rule();
  }

 private:
  static constexpr std::size_t kVerdict = 7, kNarrowest = 6;
  static constexpr std::size_t kTitle = 11;  // columns of a title before it takes another line
  static std::vector<double> values_of(const BoxColumn& one) {
    std::vector<double> values;
    for (const auto& [line, value] : one.values) values.push_back(value);
    return values;
  }
  static std::size_t width_of(const BoxColumn& one) {
    std::size_t width = std::max(columns(one.unit), kNarrowest);
    for (const std::string& line : wrapped(one.title, kTitle))
      width = std::max(width, columns(line));
    if (one.total) width = std::max(width, columns(figure(*one.total)));
    return width;
  }
  std::size_t width() const {
    std::size_t width = name_ + kVerdict + 7;
    for (const BoxColumn* one : columns_) width += width_of(*one) + 3;
    return width;
  }
  static std::string cell(const BoxColumn& one, std::size_t line) {
    if (one.failed.contains(line)) return "failed";
    const auto found = one.values.find(line);
    return found == one.values.end() ? "-" : figure(found->second);
  }
  std::string rule() const {
    std::string text = "+" + std::string(name_ + 2, '-');
    for (const BoxColumn* one : columns_) text += "+" + std::string(width_of(*one) + 2, '-');
    return text + "+" + std::string(kVerdict + 2, '-') + "+\n";
  }
  /// A title takes several lines, the unit the last.
  std::string titles() const {
    std::size_t lines = 0;
    for (const BoxColumn* one : columns_)
      lines = std::max(lines, wrapped(one->title, kTitle).size());
    std::string text;
    for (std::size_t i = 0; i < lines; ++i)
      text += row("", "", [&](const BoxColumn& one) {
        const std::vector<std::string> title = wrapped(one.title, kTitle);
        return i < title.size() ? title[i] : std::string();
      });
    return text + row("", "verdict", [](const BoxColumn& one) { return one.unit; });
  }
  template <class Cell>
  std::string row(const std::string& name, const std::string& verdict, const Cell& of) const {
    std::string text = "| " + left(name, name_);
    for (const BoxColumn* one : columns_) text += " | " + right(of(*one), width_of(*one));
    const std::string last = left(verdict, kVerdict);
    return text + " | " + (colour_ ? coloured(last, verdict) : last) + " |\n";
  }
  static std::string coloured(const std::string& text, const std::string& verdict) {
    if (verdict == "fail") return "\x1b[31m" + text + "\x1b[0m";
    if (verdict == "warn" || verdict == "unclear") return "\x1b[33m" + text + "\x1b[0m";
    return text;
  }

  const std::vector<BoxLine>& lines_;
  bool colour_;
  std::size_t name_ = 6;  // `lowest`
  std::vector<const BoxColumn*> columns_;
};

/// Values of the documents; where they differ, the first of them.
std::string listed(const std::set<std::string>& values) {
  std::vector<std::string> shown;
  for (const std::string& value : values)
    if (shown.size() < kShownValues) shown.push_back(plain_line(value));
  const std::size_t more = values.size() - shown.size();
  return fmt::format("{}{}", fmt::join(shown, ", "),
                     more > 0 ? fmt::format(" and {} more", more) : "");
}

std::string in_lines(const std::string& plain) {
  std::string text;
  for (const std::string& line : wrapped(plain, kWidth)) text += line + "\n";
  return text;
}

std::string environment(const ReportInput& input) {
  std::set<std::string> nodes, profiles, started, backends;
  std::map<std::string, std::set<std::string>> devices, software;
  Marks marks;
  for (std::size_t i = 0; i < input.results.size(); ++i) {
    const Result& result = input.results[i];
    marks.add(input.files[i], result);
    profiles.insert(result.run.profile_name);
    started.insert(result.run.started);
    backends.insert(result.run.backend);
    for (const auto& [key, value] : result.software) software[key].insert(value);
    for (const NodeFacts& node : result.nodes) {
      nodes.insert(node.name);
      for (const DeviceFacts& device : node.devices) devices[device.name].insert(device.uuid);
    }
  }
  const std::string head =
      fmt::format("{}version {}, profile {}, backend {}, {}", kBoxBeginning, input.assay_version,
                  listed(profiles), listed(backends), listed(started));
  std::string machine = number_of(nodes.size(), "node");
  for (const auto& [model, uuids] : devices)
    machine += fmt::format(", {} x {}", uuids.size(), plain_line(model));
  std::vector<std::string> versions;
  for (const auto& [key, values] : software)
    if (key != "assay") versions.push_back(plain_line(key) + " " + listed(values));
  std::string said;
  for (const Mark& mark : marks.said()) said += in_lines(plain_line(mark.sentence));
  return in_lines(head) + said + in_lines(machine) +
         in_lines(fmt::format("{}", fmt::join(versions, "; ")));
}

std::string failed_cases(const std::vector<BoxFailure>& failures) {
  std::string text;
  for (std::size_t i = 0; i < failures.size() && i < kShownFailures; ++i) {
    const BoxFailure& one = failures[i];
    text += in_lines(fmt::format("failed: {}: {} of {}", plain_line(one.what), one.failed,
                                 number_of(one.measurements, "measurement")));
  }
  if (failures.size() > kShownFailures)
    text += fmt::format("failed: {} more\n", number_of(failures.size() - kShownFailures, "case"));
  return text;
}

std::string verdict_line(const ReportInput& input) {
  if (!input.verdict) return "not judged: " + plain_line(input.not_judged);
  std::vector<std::string> wrong;
  for (const RequirementVerdict& one : input.verdict->requirements)
    if (one.verdict != Verdict::pass && !is_not_applicable(one)) wrong.push_back(one.id);
  return fmt::format("verdict {} (profile {}){}{}", name(input.verdict->verdict),
                     plain_line(input.verdict->profile_name), wrong.empty() ? "" : ": ",
                     fmt::join(wrong, ", "));
}

/// Figures of several devices together are in no line of one.
std::string no_rates(const ReportInput& input) {
  std::size_t together = 0;
  for (const Result& result : input.results)
    for (const Measurement& one : result.measurements)
      if (!one.metrics.empty() && one.scope.level != "device") ++together;
  if (together == 0) return "no device measured a rate\n";
  return fmt::format(
      "no device measured a rate by itself; the page (--format html) has {} of "
      "several devices together\n",
      number_of(together, "figure"));
}

}  // namespace

std::string box_table(const ReportInput& input, bool colour) {
  const BoxData data = box_data(input, kMostDeviceLines);
  std::string text = environment(input);
  if (data.by_node) text += "a line is a node, with the figures of its slowest device\n";
  for (std::size_t next = 0; next < data.columns.size();) {
    Box box(data.lines, colour);
    while (next < data.columns.size() && box.takes(data.columns[next])) {
      box.add(data.columns[next++]);
    }
    text += box.str();
  }
  if (data.columns.empty()) text += no_rates(input);
  for (const BoxColumn& column : data.columns)
    text += fmt::format("{}: {}\n", column.title, column.what);
  text += failed_cases(data.failures);
  return text + in_lines(verdict_line(input));
}

}  // namespace assay
