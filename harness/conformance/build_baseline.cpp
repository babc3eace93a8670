// A baseline from documents: one row for each thing that was measured alike.
#include "harness/conformance/build_baseline.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "harness/conformance/baseline_lookup.h"
#include "harness/core/day.h"
#include "harness/core/error.h"
#include "harness/core/rate.h"
#include "harness/core/simulation.h"
#include "harness/core/statistics.h"
#include "harness/core/workload.h"

namespace assay {

namespace {

constexpr double kFarthest = 3.5;  // robust standard deviations from the median
constexpr double kQuiet = 0.002;   // of the median: no spread is taken to be less

double absolute_deviation(const std::vector<double>& values, double middle) {
  std::vector<double> away;
  for (const double value : values) away.push_back(std::abs(value - middle));
  return median(away);
}

/// The part of a row that says what was measured.
using BaselineKey =
    std::tuple<std::string, std::string, std::string, std::string, int, std::string, std::string>;

struct Gathered {
  BaselineRow row;
  std::vector<double> values;
};

void gather(const Measurement& measurement, std::map<BaselineKey, Gathered>& all) {
  const std::optional<Rate> rate = rate_of(measurement);
  if (!rate) return;
  BaselineRow row;
  row.id = measurement.id;
  row.series = measurement.series;
  row.scope_level = measurement.scope.level;
  row.metric = rate->metric;
  row.input_pattern = measurement.input_pattern;
  if (spans_ranks(row.id.workload)) {
    row.fabric = fabric_class(measurement);
    row.nodes = nodes_of(measurement);
  }
  const BaselineKey key{row.id.str(),          name(row.series), row.scope_level,  row.fabric,
                        row.nodes.value_or(0), row.metric,       row.input_pattern};
  const auto [place, fresh] = all.try_emplace(key);
  if (fresh) place->second.row = std::move(row);
  place->second.values.push_back(rate->value);
}

/// The versions that all documents agree on.
Json common_versions(const std::vector<Result>& results) {
  Json versions = Json::object();
  for (const auto& [key, value] : results.front().software) {
    const bool agreed = std::all_of(results.begin(), results.end(), [&](const Result& result) {
      const auto found = result.software.find(key);
      return found != result.software.end() && found->second == value;
    });
    if (agreed) versions[key] = value;
  }
  return versions;
}

void set_accelerator(const std::vector<Result>& results, Baseline& baseline) {
  std::set<std::string> skus, ids;
  for (const Result& result : results) {
    if (result.simulated != results.front().simulated)
      throw Error("some of the documents are simulated: a baseline is of one kind or the other");
    for (const NodeFacts& node : result.nodes)
      for (const DeviceFacts& device : node.devices) {
        skus.insert(baseline_sku(device));
        if (device.pci_id && !is_slice(device)) ids.insert(*device.pci_id);
      }
  }
  if (skus.size() != 1)
    throw Error(fmt::format("the documents are of {}: a baseline is of one SKU",
                            skus.empty() ? "no device" : fmt::format("{}", fmt::join(skus, ", "))));
  baseline.sku = *skus.begin();
  baseline.pci_ids.assign(ids.begin(), ids.end());
  baseline.simulated = results.front().simulated;
}

}  // namespace

std::vector<double> without_outliers(std::vector<double> values) {
  for (;;) {
    if (values.size() < 4) return values;
    const double middle = median(values);
    const double spread = std::max(kSdOfMad * absolute_deviation(values, middle), kQuiet * middle);
    const auto is_far = [&](double value) { return std::abs(value - middle) > kFarthest * spread; };
    if (std::erase_if(values, is_far) == 0) return values;
  }
}

Baseline baseline_of(const std::vector<Result>& results, const std::string& name) {
  if (results.empty()) throw Error("no result document was given");
  Baseline baseline;
  baseline.name = name;
  set_accelerator(results, baseline);
  std::map<BaselineKey, Gathered> all;
  std::string latest;
  std::set<std::string> runs;
  for (const Result& result : results) {
    latest = std::max(latest, result.run.started.substr(0, 10));
    runs.insert(result.run.id);
    for (const Measurement& measurement : result.measurements) gather(measurement, all);
  }
  if (all.empty()) throw Error("the documents hold no verified measurement with a rate");
  const Json versions = common_versions(results);
  const bool is_model = is_simulation(results.front());
  for (auto& [key, gathered] : all) {
    const std::vector<double> kept = without_outliers(std::move(gathered.values));
    BaselineRow& row = gathered.row;
    row.value = median(kept);
    if (kept.size() > 1) row.mad = absolute_deviation(kept, row.value);
    row.n = static_cast<std::int64_t>(kept.size());
    row.tier = is_model ? "derived" : "measured_here";
    row.source = fmt::format("assay baseline of {} {}runs, {} to {}", runs.size(),
                             is_model ? "simulated " : "", *runs.begin(), *runs.rbegin());
    row.date = latest;
    row.expires = a_year_after(latest);
    row.versions = versions;
    baseline.rows.push_back(std::move(row));
  }
  return baseline;
}

}  // namespace assay
