// Measurements as CSV (RFC 4180): one row each, every variable of its case in a column of its own.
#include <fmt/format.h>

#include <charconv>
#include <functional>
#include <optional>
#include <set>
#include <string_view>

#include "harness/conformance/requirement.h"
#include "harness/core/plain_text.h"

namespace assay {

namespace {

/// A spreadsheet computes a cell that begins like a formula, whoever chose its text; behind an
/// apostrophe it is text. A number may begin with a sign.
std::string without_formula(const std::string& text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string::npos || std::string_view("=+-@").find(text[first]) == std::string::npos)
    return text;
  double number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_number = problem == std::errc() && end == text.data() + text.size();
  return is_number ? text : "'" + text;
}

std::string field(const std::string& name) {
  const std::string text = without_formula(plain_line(name));
  if (text.find_first_of(",\"") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char letter : text) quoted += letter == '"' ? "\"\"" : std::string(1, letter);
  return quoted + "\"";
}

std::string number(const std::optional<double>& value) {
  return value ? fmt::format("{:.17g}", *value) : "";
}

using Cell = std::function<std::string(const Result&, const Measurement&)>;
struct Column {
  std::string heading;
  Cell cell;
};

std::string of_samples(const Measurement& one,
                       const std::function<std::optional<double>(const Samples&)>& value) {
  return one.samples ? number(value(*one.samples)) : "";
}

std::vector<Column> columns_before() {
  return {
      {"run", [](const Result& result, const auto&) { return result.run.id; }},
      {"case", [](const Result&, const Measurement& one) { return one.id.str(); }},
      {"workload", [](const Result&, const Measurement& one) { return one.id.workload; }},
      {"dtype", [](const Result&, const Measurement& one) { return one.id.dtype; }},
      {"implementation",
       [](const Result&, const Measurement& one) { return one.id.implementation; }},
      {"series", [](const Result&, const Measurement& one) { return name(one.series); }},
      {"scope", [](const Result&, const Measurement& one) { return one.scope.level; }},
      {"members",
       [](const Result&, const Measurement& one) {
         return fmt::format("{}", fmt::join(one.scope.members, " "));
       }},
  };
}

std::vector<Column> columns_after() {
  const auto sample = [](const char* heading, auto value) {
    return Column{
        heading, [value](const Result&, const Measurement& one) { return of_samples(one, value); }};
  };
  return {
      {"status", [](const Result&, const Measurement& one) { return name(one.status); }},
      {"samples",
       [](const Result&, const Measurement& one) {
         return one.samples ? std::to_string(one.samples->count) : "";
       }},
      sample("median_s", [](const Samples& samples) { return samples.median_s; }),
      sample("ci_low_s", [](const Samples& samples) { return samples.ci_low_s; }),
      sample("ci_high_s", [](const Samples& samples) { return samples.ci_high_s; }),
      sample("p5_s", [](const Samples& samples) { return samples.p5_s; }),
      sample("p95_s", [](const Samples& samples) { return samples.p95_s; }),
      sample("p99_s", [](const Samples& samples) { return samples.p99_s; }),
      {"speed_of_light_fraction",
       [](const Result&, const Measurement& one) { return number(one.speed_of_light_fraction); }},
  };
}

Column shape_column(const std::string& key) {
  return {key, [key](const Result&, const Measurement& one) {
            if (!one.id.shape.has(key)) return std::string();
            for (const Shape::Entry& entry : one.id.shape.entries())
              if (entry.key == key) return entry.value ? std::to_string(*entry.value) : "true";
            return std::string();
          }};
}

Column metric_column(const std::string& key) {
  return {key, [key](const Result&, const Measurement& one) {
            const auto found = one.metrics.find(key);
            return found == one.metrics.end() ? "" : number(found->second);
          }};
}

/// The columns depend on what was measured, in an order that does not.
std::vector<Column> columns_of(const std::vector<Result>& results) {
  std::set<std::string> shape_keys, metrics;
  for (const Result& result : results)
    for (const Measurement& one : result.measurements) {
      for (const Shape::Entry& entry : one.id.shape.entries()) shape_keys.insert(entry.key);
      for (const auto& [key, value] : one.metrics) metrics.insert(key);
    }
  std::vector<Column> columns = columns_before();
  for (const std::string& key : shape_keys) columns.push_back(shape_column(key));
  for (Column& column : columns_after()) columns.push_back(std::move(column));
  for (const std::string& key : metrics) columns.push_back(metric_column(key));
  columns.push_back({"reason", [](const Result&, const Measurement& one) { return one.reason; }});
  return columns;
}

}  // namespace

std::string to_csv(const std::vector<Result>& results) {
  const std::vector<Column> columns = columns_of(results);
  std::string text;
  const auto row = [&](const std::function<std::string(const Column&)>& cell) {
    for (std::size_t i = 0; i < columns.size(); ++i)
      text += (i == 0 ? "" : ",") + field(cell(columns[i]));
    text += "\r\n";
  };
  row([](const Column& column) { return column.heading; });
  for (const Result& result : results)
    for (const Measurement& one : result.measurements)
      row([&](const Column& column) { return column.cell(result, one); });
  return text;
}

}  // namespace assay
