// Groups measurements by case, series and level, and lays their figures out in rows.
#include "harness/report/case_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>
#include <utility>

#include "harness/core/fields.h"
#include "harness/core/library_ratio.h"
#include "harness/core/rate.h"
#include "harness/core/result_fields.h"
#include "harness/core/statistics.h"

namespace assay {

namespace {

struct Row {
  const Result* result;
  int document;
  const Measurement* measurement;
  int device = -1;
};
using CaseKey = std::tuple<std::string, Series, std::string>;

struct CaseRows {
  CaseKey key;
  std::vector<Row> rows;
};

Json number(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

/// By case in the order of first appearance, so that a profile's order is kept.
std::vector<CaseRows> rows_by_case(const std::vector<Result>& results,
                                   const std::map<std::string, int>& devices) {
  std::vector<CaseRows> cases;
  std::map<CaseKey, std::size_t> places;
  for (std::size_t document = 0; document < results.size(); ++document) {
    for (const Measurement& one : results[document].measurements) {
      const CaseKey key{one.id.str(), one.series, one.scope.level};
      const auto [place, is_new] = places.try_emplace(key, cases.size());
      if (is_new) cases.push_back({key, {}});
      Row row{&results[document], static_cast<int>(document), &one};
      // The first member is the device that was timed, alone or while its node worked.
      const bool of_device = one.scope.level == "device" || one.scope.level == "node";
      if (of_device && !one.scope.members.empty()) {
        const auto found = devices.find(one.scope.members.front());
        if (found != devices.end()) row.device = found->second;
      }
      cases[place->second].rows.push_back(row);
    }
  }
  return cases;
}

/// A device's rate beside the median of all that measured the case; nothing to say of one alone.
class Peers {
 public:
  explicit Peers(const CaseRows& of) {
    for (const Row& row : of.rows) {
      if (row.device < 0) continue;
      if (const auto rate = rate_of(*row.measurement)) rates_.push_back(rate->value);
    }
    if (rates_.size() > 1) median_ = median(rates_);
  }
  std::optional<double> fraction(const Row& row) const {
    const auto rate = rate_of(*row.measurement);
    if (row.device < 0 || !rate || !median_) return std::nullopt;
    return rate->value / *median_;
  }

 private:
  std::vector<double> rates_;
  std::optional<double> median_;
};

/// A figure of another tool is shown with its rate, and its status `reported` in place of a time.
std::optional<Rate> shown_rate(const Measurement& one) {
  const auto rate = rate_of(one);
  return rate ? rate : reported_rate_of(one);
}

/// The rate that the fraction of the speed of light is of.
std::optional<double> allowed_rate(const Measurement& measurement,
                                   const std::optional<Rate>& rate) {
  const auto fraction = measurement.speed_of_light_fraction;
  if (!rate || !fraction || *fraction <= 0) return std::nullopt;
  return rate->value / *fraction;
}

bool names_its_device(const Row& row) {
  return row.device >= 0 && row.measurement->scope.members.size() == 1;
}

/// What only some measurements have, or only a page of few can hold.
Json details(const Row& row, bool full) {
  const Measurement& one = *row.measurement;
  Json json = Json::object();
  if (row.document > 0) json["document"] = row.document;
  if (one.status != MeasurementStatus::measured) json["status"] = name(one.status);
  if (!one.reason.empty()) json["reason"] = one.reason;
  if (!names_its_device(row)) json["members"] = one.scope.members;
  const auto bound = one.extensions.find("speed_of_light_bound");
  if (one.id.shape.has("ranks") && bound != one.extensions.end() && bound->is_string())
    json["bound"] = *bound;
  if (!full) return json;
  json["started"] = one.started;
  json["inputs"] = {{"pattern", one.input_pattern}, {"seed", one.input_seed}};
  if (one.samples) json["samples"] = written(*one.samples);
  if (!one.metrics.empty()) json["metrics"] = one.metrics;
  if (one.verification) json["verification"] = written(*one.verification);
  if (!one.telemetry.empty()) json["telemetry"] = one.telemetry;
  if (one.transport) json["transport"] = written(*one.transport);
  if (!one.ranks.empty()) json["ranks"] = written(one.ranks);
  if (!one.extensions.empty()) json["extensions"] = one.extensions;
  return json;
}

Json row_of(const Row& row, const Peers& peers, bool full) {
  const Measurement& one = *row.measurement;
  const auto rate = shown_rate(one);
  Json json = Json::array();
  json.push_back(row.device >= 0 ? Json(row.device) : Json(nullptr));
  const Samples* samples = one.samples ? &*one.samples : nullptr;
  json.push_back(samples ? Json(samples->median_s) : Json(nullptr));
  json.push_back(samples ? Json(samples->ci_low_s) : Json(nullptr));
  json.push_back(samples ? Json(samples->ci_high_s) : Json(nullptr));
  json.push_back(rate ? Json(rate->value) : Json(nullptr));
  json.push_back(number(one.speed_of_light_fraction));
  json.push_back(number(allowed_rate(one, rate)));
  // Pairs have no library beside them, and looking for one takes a pass over the document.
  const auto ratio = full ? ratio_to_library(one, row.result->measurements) : std::nullopt;
  json.push_back(ratio ? Json(ratio->value) : Json(nullptr));
  json.push_back(number(peers.fraction(row)));
  json.push_back(samples ? Json(samples->count) : Json(nullptr));
  Json more = details(row, full);
  if (!more.empty()) json.push_back(std::move(more));
  return json;
}

/// FLOP for each byte moved: where a roofline has the case.
std::optional<double> intensity(const Measurement& one) {
  const auto flop = one.metrics.find("flop");
  const auto bytes = one.metrics.find("moved_bytes");
  if (flop == one.metrics.end() || bytes == one.metrics.end()) return std::nullopt;
  if (flop->second <= 0 || bytes->second <= 0) return std::nullopt;
  return flop->second / bytes->second;
}

/// By the rate, where there is one.
double speed_of(const Row& row) {
  if (const auto rate = shown_rate(*row.measurement)) return rate->value;
  return row.measurement->samples ? 1 / row.measurement->samples->median_s : 0;
}

/// At most `most` rows that were not measured and as many of the slowest, with the middle and the
/// fastest, in their own order.
std::vector<Row> listed_rows(const std::vector<Row>& rows, std::size_t most) {
  if (rows.size() <= most) return rows;
  std::vector<std::size_t> unmeasured, measured;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const bool counts = rows[i].measurement->status == MeasurementStatus::measured;
    (counts ? measured : unmeasured).push_back(i);
  }
  std::stable_sort(measured.begin(), measured.end(), [&](std::size_t a, std::size_t b) {
    return speed_of(rows[a]) < speed_of(rows[b]);
  });
  std::set<std::size_t> places;
  for (const auto* list : {&unmeasured, &measured})
    places.insert(list->begin(),
                  list->begin() + static_cast<std::ptrdiff_t>(std::min(most, list->size())));
  if (!measured.empty()) {
    places.insert(measured[measured.size() / 2]);
    places.insert(measured.back());
  }
  std::vector<Row> listed;
  for (const std::size_t place : places) listed.push_back(rows[place]);
  return listed;
}

Json case_of(const CaseRows& of, bool full, std::size_t most_rows) {
  const Measurement& first = *of.rows.front().measurement;
  Json json = {{"case", first.id.str()},
               {"workload", first.id.workload},
               {"dtype", first.id.dtype},
               {"implementation", first.id.implementation},
               {"shape", shape_as_fields(first.id.shape)},
               {"shape_text", first.id.shape.str()},
               {"group", first.group},
               {"series", name(first.series)},
               {"level", first.scope.level}};
  if (is_library(first.id.implementation)) json["library"] = true;
  const auto rated = std::find_if(of.rows.begin(), of.rows.end(),
                                  [](const Row& row) { return shown_rate(*row.measurement); });
  if (rated != of.rows.end()) json["metric"] = shown_rate(*rated->measurement)->metric;
  if (const auto flop_per_byte =
          intensity(*(rated != of.rows.end() ? *rated : of.rows.front()).measurement)) {
    json["flop_per_byte"] = *flop_per_byte;
  }
  const Peers peers(of);
  Json rows = Json::array();
  const std::vector<Row> listed = listed_rows(of.rows, most_rows);
  for (const Row& row : listed) rows.push_back(row_of(row, peers, full));
  if (listed.size() < of.rows.size()) json["measurements"] = of.rows.size();
  json["rows"] = std::move(rows);
  return json;
}

/// Beside its peers where any device has some, else beside the speed of light.
void add_slowest(const std::vector<CaseRows>& cases, CaseData& data) {
  std::map<int, std::pair<std::size_t, double>> of_peers, of_light;
  const auto keep_lower = [](auto& slowest, int device, std::size_t place, double value) {
    const auto [found, is_new] = slowest.try_emplace(device, place, value);
    if (!is_new && value < found->second.second) found->second = {place, value};
  };
  for (std::size_t place = 0; place < cases.size(); ++place) {
    const Peers peers(cases[place]);
    for (const Row& row : cases[place].rows) {
      if (row.device < 0) continue;
      if (const auto value = peers.fraction(row)) keep_lower(of_peers, row.device, place, *value);
      const auto light = row.measurement->speed_of_light_fraction;
      if (light) keep_lower(of_light, row.device, place, *light);
    }
  }
  data.slowest_by = of_peers.empty() ? "speed_of_light_fraction" : "of_peers";
  for (const auto& [device, slowest] : of_peers.empty() ? of_light : of_peers)
    data.slowest[device] = {{"case", slowest.first}, {"value", slowest.second}};
}

}  // namespace

Json row_fields() {
  return Json::array({"device", "median_s", "ci_low_s", "ci_high_s", "rate",
                      "speed_of_light_fraction", "speed_of_light_rate", "library_ratio", "of_peers",
                      "count"});
}

CaseData case_data(const std::vector<Result>& results, const std::map<std::string, int>& devices) {
  std::size_t measurements = 0;
  for (const Result& result : results) measurements += result.measurements.size();
  const bool full = measurements <= kDetailedMeasurements;
  const std::vector<CaseRows> cases = rows_by_case(results, devices);
  const std::size_t most_rows = measurements <= kListedMeasurements
                                    ? measurements
                                    : std::max<std::size_t>(1, kListedMeasurements / cases.size());
  CaseData data;
  for (const CaseRows& one : cases) data.cases.push_back(case_of(one, full, most_rows));
  add_slowest(cases, data);
  return data;
}

}  // namespace assay
