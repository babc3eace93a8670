// Keeps the measurements that requirements read from all documents at once.
#include "harness/conformance/reduced.h"

#include <utility>

#include "harness/core/workload.h"

namespace assay {

namespace {

bool is_kept(const Measurement& measurement) {
  return spans_ranks(measurement.id.workload) || measurement.ranks.size() > 1 ||
         measurement.transport || measurement.status == MeasurementStatus::reported ||
         measurement.scope.level == "rack" || measurement.scope.level == "cluster";
}

}  // namespace

Result take_reduced(Result& document) {
  Result kept = std::move(document);
  document.measurements = std::exchange(kept.measurements, {});
  const bool all = !kept.links.empty();  // they name measurements by their places
  for (Measurement& measurement : document.measurements) {
    if (!all && !is_kept(measurement)) continue;
    if (measurement.samples) {
      measurement.samples->values_s = {};
      measurement.samples->pass = {};
    }
    measurement.telemetry = Json::object();
    measurement.extensions = Json::object();
    kept.measurements.push_back(std::exchange(measurement, {}));
  }
  kept.measurements.shrink_to_fit();
  kept.fits = Json::array();
  return kept;
}

}  // namespace assay
