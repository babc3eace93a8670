// Fits each curve of a document.
#include "harness/fabric/curve_fits.h"

#include "harness/core/curve.h"
#include "harness/fabric/cost_model.h"

namespace assay {

Json fits_of(const std::vector<Measurement>& measurements) {
  Json fits = Json::array();
  for (const auto& [curve, points] : curves_of(measurements)) {
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
