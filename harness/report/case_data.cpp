// Groups measurements by case, series and level, and lays their figures out in rows.
#include "harness/report/case_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>

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

Json case_of(const CaseRows& of, bool full) {
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
  for (const Row& row : of.rows) rows.push_back(row_of(row, peers, full));
  json["rows"] = std::move(rows);
  return json;
}

}  // namespace

Json row_fields() {
  return Json::array({"device", "median_s", "ci_low_s", "ci_high_s", "rate",
                      "speed_of_light_fraction", "speed_of_light_rate", "library_ratio", "of_peers",
                      "count"});
}

Json case_data(const std::vector<Result>& results, const std::map<std::string, int>& devices) {
  std::size_t measurements = 0;
  for (const Result& result : results) measurements += result.measurements.size();
  const bool full = measurements <= kDetailedMeasurements;
  Json cases = Json::array();
  for (const CaseRows& one : rows_by_case(results, devices)) cases.push_back(case_of(one, full));
  return cases;
}

}  // namespace assay
