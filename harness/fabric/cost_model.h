// The cost model of a size sweep: latency and bandwidth by region, residuals, and dips.
#pragma once

#include <span>
#include <vector>

namespace assay {

struct SweepPoint {
  double bytes = 0;
  double time_s = 0;
  double low_s = time_s, high_s = time_s;  // the time's interval; the time itself where not known
};

/// time_s = latency_s + bytes / bandwidth over one region of sizes (its ends included).
struct CostSegment {
  double from_bytes = 0, to_bytes = 0;
  double latency_s = 0;
  double seconds_per_byte = 0;  // 0: flat, the region shows no bandwidth
  double rms_residual = 0;      // relative to the measured time
  double max_residual = 0;
};

/// Relative least squares, so that 8 bytes weigh as much as 8 GiB; latency and slope are never
/// negative. The Bayesian information criterion chooses the number of regions (at most
/// `most_segments`, each of at least four points). Throws Error unless there are at least two
/// points of different size, in ascending order.
std::vector<CostSegment> fit_cost(std::span<const SweepPoint> sweep, int most_segments = 3);

struct CurveDip {
  double bytes = 0;          // the size that is too slow
  double smaller_bytes = 0;  // the smaller size that reached more
  double fraction = 0;       // of the smaller size's bytes/s
};

/// Sizes whose bytes/s are below `tolerance` times those of some smaller size, even where both
/// times are at the ends of their intervals that favour the larger size. On a sound fabric,
/// bandwidth does not fall with size.
std::vector<CurveDip> curve_dips(std::span<const SweepPoint> sweep, double tolerance = 0.9);

}  // namespace assay
