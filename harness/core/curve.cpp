// Sorts measurements into curves.
#include "harness/core/curve.h"

#include <fmt/format.h>

#include "harness/core/workload.h"

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

std::map<std::string, Curve> curves_of(const std::vector<Measurement>& measurements) {
  std::map<std::string, Curve> curves;
  for (const Measurement& measurement : measurements) {
    if (!measurement.samples || span_of(measurement.id.workload) != Span::between_ranks) continue;
    Shape rest;
    for (const Shape::Entry& entry : measurement.id.shape.entries())
      if (entry.key != "bytes") rest.add(entry.key, entry.value);
    const CaseId curve{measurement.id.workload, measurement.id.dtype, measurement.id.implementation,
                       rest};
    curves[curve.str() + in_series(measurement.series) + in_scope(measurement.scope)]
          [static_cast<double>(measurement.id.shape.at("bytes"))] = measurement.samples->median_s;
  }
  return curves;
}

}  // namespace assay
