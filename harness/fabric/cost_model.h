// What a size sweep says: latency and bandwidth by region, how well that fits, and where it dips.
#pragma once

#include <span>
#include <vector>

namespace assay {

struct SweepPoint {
  double bytes = 0;
  double time_s = 0;
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
/// negative. As many regions (at most `most_segments`, each of at least four points) as pay for
/// themselves by the Bayesian information criterion. Needs at least two points of different size,
/// ascending; throws Error else.
std::vector<CostSegment> fit_cost(std::span<const SweepPoint> sweep, int most_segments = 3);

struct CurveDip {
  double bytes = 0;          // the size that is too slow
  double smaller_bytes = 0;  // the smaller size that reached more
  double fraction = 0;       // of the smaller size's bytes a second
};

/// Sizes whose bytes a second fall under `tolerance` of what some smaller size reached: on a sound
/// fabric more bytes never go slower.
std::vector<CurveDip> curve_dips(std::span<const SweepPoint> sweep, double tolerance = 0.9);

}  // namespace assay
