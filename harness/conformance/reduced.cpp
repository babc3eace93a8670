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

void reduce(Result& document) {
  std::vector<Measurement> kept;
  const bool all = !document.links.empty();  // they name measurements by their places
  for (Measurement& measurement : document.measurements) {
    if (!all && !is_kept(measurement)) continue;
    if (measurement.samples) {
      measurement.samples->values_s = {};
      measurement.samples->pass = {};
    }
    measurement.telemetry = Json::object();
    measurement.extensions = Json::object();
    kept.push_back(std::move(measurement));
  }
  kept.shrink_to_fit();
  document.fits = Json::array();
  document.measurements = std::move(kept);
}

}  // namespace assay
