// Picks the rate of a measurement among its metrics.
#include "harness/core/rate.h"

#include <cmath>
#include <string_view>

namespace assay {

namespace {

std::optional<Rate> preferred(const Measurement& measurement) {
  // A triad computes, but its bytes are what it is about.
  const bool memory = measurement.id.workload.starts_with("memory_");
  for (const char* metric : {"flop_per_s", "bus_bandwidth_bytes_per_s", "bytes_per_s"}) {
    if (memory && metric == std::string_view("flop_per_s")) continue;
    const auto found = measurement.metrics.find(metric);
    if (found == measurement.metrics.end()) continue;
    if (!std::isfinite(found->second) || found->second <= 0) return std::nullopt;
    return Rate{metric, found->second};
  }
  return std::nullopt;
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
