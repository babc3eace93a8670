// Sorts the measurements into curves and fits each.
#include "harness/fabric/curve_fits.h"

#include <fmt/format.h>

#include <map>

#include "harness/core/workload.h"
#include "harness/fabric/cost_model.h"

namespace assay {

namespace {

/// The series of a collective is hot unless it says otherwise.
std::string in_series(Series series) {
  return series == Series::hot ? "" : fmt::format(" ({})", name(series));
}

}  // namespace

std::string in_scope(const Scope& scope) {
  if (scope.level == "cluster" || scope.members.empty()) return "";
  return fmt::format(" in the {} of {}", scope.level, scope.members.front());
}

Json fits_of(const std::vector<Measurement>& measurements) {
  std::map<std::string, std::map<double, double>> sweeps;  // by curve: bytes, seconds
  for (const Measurement& measurement : measurements) {
    if (!measurement.samples || span_of(measurement.id.workload) != Span::between_ranks) continue;
    Shape rest;
    for (const Shape::Entry& entry : measurement.id.shape.entries())
      if (entry.key != "bytes") rest.add(entry.key, entry.value);
    const CaseId curve{measurement.id.workload, measurement.id.dtype, measurement.id.implementation,
                       rest};
    sweeps[curve.str() + in_series(measurement.series) + in_scope(measurement.scope)]
          [static_cast<double>(measurement.id.shape.at("bytes"))] = measurement.samples->median_s;
  }
  Json fits = Json::array();
  for (const auto& [curve, points] : sweeps) {
    if (points.size() < 2) continue;
    std::vector<SweepPoint> sweep;
    for (const auto& [bytes, time_s] : points) sweep.push_back({bytes, time_s});
    for (const CostSegment& segment : fit_cost(sweep))
      fits.push_back({{"curve", curve},
                      {"from_bytes", segment.from_bytes},
                      {"to_bytes", segment.to_bytes},
                      {"latency_s", segment.latency_s},
                      {"s_per_byte", segment.seconds_per_byte},
                      {"rms_residual", segment.rms_residual},
                      {"max_residual", segment.max_residual}});
  }
  return fits;
}

}  // namespace assay
