// Chooses a case for each workload and dtype, and gathers its rates by line.
#include "harness/report/box_columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>

#include "harness/core/plain_text.h"
#include "harness/core/rate.h"
#include "harness/core/statistics.h"

namespace assay {

namespace {

/// Devices by UUID: the line, and whether the line is of several.
struct Lines {
  bool by_node = false;
  std::vector<BoxLine> lines;
  std::map<std::string, std::size_t> line_of_device;
};

/// By rank, from good to bad: a must that could not be evaluated counts like one that failed.
const std::vector<std::string> kWords = {"ok", "unclear", "warn", "unclear", "fail"};

std::size_t rank_of(const RequirementVerdict& one) {
  if (one.verdict == Verdict::fail) return 4;
  if (one.verdict == Verdict::not_evaluated) return one.level == Level::must ? 3 : 1;
  return one.verdict == Verdict::warn ? 2 : 0;
}

/// The worst that the verdict says of each subject.
std::map<std::string, std::size_t> worst_by_subject(const ReportInput& input) {
  std::map<std::string, std::size_t> worst;
  for (const RequirementVerdict& one : input.verdict->requirements) {
    if (is_not_applicable(one)) continue;
    for (const Subject& subject : one.subjects)
      worst[subject.name] = std::max(worst[subject.name], rank_of(one));
  }
  return worst;
}

Lines lines_of(const ReportInput& input, std::size_t most_devices) {
  std::size_t devices = 0;
  for (const Result& result : input.results)
    for (const NodeFacts& node : result.nodes) devices += node.devices.size();
  Lines all;
  all.by_node = devices > most_devices;
  std::map<std::string, std::size_t> worst, line_of_node;
  if (input.verdict) worst = worst_by_subject(input);
  std::vector<std::size_t> ranks;
  std::size_t subject = 0;
  for (const Result& result : input.results) {
    for (const NodeFacts& node : result.nodes) {
      for (const DeviceFacts& device : node.devices) {
        const std::string& called = input.device_subjects.at(subject++);
        const auto [known, is_new] = all.line_of_device.try_emplace(device.uuid, all.lines.size());
        if (is_new && all.by_node)
          known->second = line_of_node.try_emplace(node.name, all.lines.size()).first->second;
        if (known->second == all.lines.size()) {
          all.lines.push_back(
              {plain_line(all.by_node ? node.name : fmt::format("{}/{}", node.name, device.index)),
               ""});
          ranks.push_back(0);
        }
        const auto of = [&](const std::string& name) {
          const auto found = worst.find(name);
          return found == worst.end() ? std::size_t{0} : found->second;
        };
        std::size_t& rank = ranks[known->second];
        rank = std::max({rank, of(called), of(node.name)});
      }
    }
  }
  for (std::size_t i = 0; input.verdict && i < ranks.size(); ++i)
    all.lines[i].verdict = kWords[ranks[i]];
  return all;
}

using CaseSeries = std::tuple<std::string, Series>;
struct Gathered {
  CaseId id;
  std::string metric;
  std::map<std::size_t, double> lowest;     // by line
  std::map<std::string, double> by_device;  // by UUID, the lowest of its runs
  std::set<std::size_t> failed;             // lines
  std::size_t lines() const {
    std::set<std::size_t> all = failed;
    for (const auto& [line, rate] : lowest) all.insert(line);
    return all.size();
  }
  /// 0 where it failed everywhere.
  double middle() const {
    if (by_device.empty()) return 0;
    std::vector<double> rates;
    for (const auto& [uuid, rate] : by_device) rates.push_back(rate);
    return median(rates);
  }
};
using Cases = std::map<CaseSeries, Gathered>;

template <class Key>
void keep_lower(std::map<Key, double>& values, const Key& key, double value) {
  const auto [place, is_new] = values.try_emplace(key, value);
  if (!is_new) place->second = std::min(place->second, value);
}

bool has_failed(const Measurement& one) {
  return one.status == MeasurementStatus::failed_verification ||
         one.status == MeasurementStatus::error;
}

/// Of one device alone: what many do at once is in the report.
std::vector<std::pair<std::string, Cases>> by_title(const ReportInput& input, const Lines& lines) {
  std::vector<std::pair<std::string, Cases>> titles;
  for (const Result& result : input.results) {
    for (const Measurement& one : result.measurements) {
      auto rate = rate_of(one);
      if (!rate) rate = reported_rate_of(one);
      if ((!rate && !has_failed(one)) || one.scope.level != "device" ||
          one.scope.members.size() != 1)
        continue;
      const auto line = lines.line_of_device.find(one.scope.members.front());
      if (line == lines.line_of_device.end()) continue;
      std::string title = fmt::format("{} {}", one.id.workload, one.id.dtype);
      std::replace(title.begin(), title.end(), '_', ' ');
      auto found = std::find_if(titles.begin(), titles.end(),
                                [&](const auto& known) { return known.first == title; });
      if (found == titles.end()) found = titles.insert(titles.end(), {title, {}});
      Gathered& gathered = found->second[{one.id.str(), one.series}];
      gathered.id = one.id;
      if (!rate) {
        gathered.failed.insert(line->second);
        continue;
      }
      gathered.metric = rate->metric;
      keep_lower(gathered.by_device, line->first, rate->value);
      keep_lower(gathered.lowest, line->second, rate->value);
    }
  }
  return titles;
}

/// Most lines have it, and of those cases it is the fastest; one that failed everywhere is slower
/// than any.
const Cases::value_type& chosen(const Cases& cases) {
  return *std::max_element(cases.begin(), cases.end(), [](const auto& a, const auto& b) {
    return std::pair(a.second.lines(), a.second.middle()) <
           std::pair(b.second.lines(), b.second.middle());
  });
}

constexpr std::array<const char*, 6> kPrefixes = {"", "k", "M", "G", "T", "P"};

/// Copies share the host's memory and links, so that their rates alone do not add up.
bool adds_up(const std::string& workload) {
  return workload.find("host_to_") == std::string::npos &&
         workload.find("device_to_") == std::string::npos;
}

std::string shown(const CaseSeries& key) {
  return fmt::format("{}, {}", std::get<0>(key), name(std::get<1>(key)));
}

BoxColumn column_of(const std::string& title, const Cases::value_type& one) {
  const auto& [key, gathered] = one;
  BoxColumn column;
  column.title = plain_line(title);
  column.what = shown(key);
  column.failed = gathered.failed;
  if (gathered.by_device.empty()) return column;
  const double step = std::floor(std::log10(gathered.middle()) / 3);
  const auto prefix = static_cast<std::size_t>(std::clamp(step, 0.0, 5.0));
  const double scale = std::pow(1000.0, static_cast<double>(prefix));
  column.unit =
      fmt::format("{}{}", kPrefixes[prefix], gathered.metric == "flop_per_s" ? "FLOP/s" : "B/s");
  for (const auto& [line, rate] : gathered.lowest) column.values[line] = rate / scale;
  if (adds_up(gathered.id.workload)) {
    column.total = 0;
    for (const auto& [uuid, rate] : gathered.by_device) *column.total += rate / scale;
  }
  return column;
}

std::vector<BoxFailure> failures_of(const ReportInput& input) {
  std::map<CaseSeries, BoxFailure> cases;
  for (const Result& result : input.results) {
    for (const Measurement& one : result.measurements) {
      BoxFailure& known = cases[{one.id.str(), one.series}];
      ++known.measurements;
      if (has_failed(one)) ++known.failed;
    }
  }
  std::vector<BoxFailure> failures;
  for (auto& [key, one] : cases) {
    if (one.failed == 0) continue;
    one.what = shown(key);
    failures.push_back(std::move(one));
  }
  return failures;
}

}  // namespace

BoxData box_data(const ReportInput& input, std::size_t most_devices) {
  const Lines lines = lines_of(input, most_devices);
  BoxData data{lines.by_node, lines.lines, {}, failures_of(input)};
  for (const auto& [title, cases] : by_title(input, lines))
    data.columns.push_back(column_of(title, chosen(cases)));
  return data;
}

}  // namespace assay
