// Picks the rate of a measurement among its metrics.
#include "harness/core/rate.h"

#include <cmath>
#include <string_view>
#include <utility>

namespace assay {

namespace {

/// The place among the rates of which the first one counts; absent: another metric.
std::optional<int> place_of(std::string_view metric) {
  if (metric == "flop_per_s") return 0;
  if (metric == "bus_bandwidth_bytes_per_s") return 1;
  if (metric == "bytes_per_s") return 2;
  return std::nullopt;
}

std::optional<Rate> preferred(const Measurement& measurement) {
  // A triad computes, but its bytes are what it is about.
  const int first = measurement.id.workload.starts_with("memory_") ? 1 : 0;
  const std::pair<const std::string, double>* rate = nullptr;
  for (const auto& one : measurement.metrics) {  // a few, asked for often: no search by name
    const std::optional<int> place = place_of(one.first);
    if (place && *place >= first && (rate == nullptr || *place < *place_of(rate->first)))
      rate = &one;
  }
  if (rate == nullptr || !std::isfinite(rate->second) || rate->second <= 0) return std::nullopt;
  return Rate{rate->first, rate->second};
}

}  // namespace

std::optional<Rate> rate_of(const Measurement& measurement) {
  if (measurement.status != MeasurementStatus::measured) return std::nullopt;
  if (!measurement.verification || !measurement.verification->ok()) return std::nullopt;
  return preferred(measurement);
}

std::optional<Rate> reported_rate_of(const Measurement& measurement) {
  if (measurement.status != MeasurementStatus::reported) return std::nullopt;
  return preferred(measurement);
}

}  // namespace assay
