// What the model predicts for the listed shapes of gemm.bf16.sm90, and what the newer tiles gain by
// it. Predictions alone: nothing here was measured.
#pragma once

#include <cstddef>
#include <vector>

#include "kernels/gemm/sm90/plan.h"

namespace assay::sm90 {

inline constexpr int kHopperMultiprocessors = 132;  ///< Of an H100 or H200 SXM.
/// So many of kTiles were there before those that fill a last wave.
inline constexpr std::size_t kFirstTiles = 7;

struct PredictedPlan {
  GemmShape shape;
  Plan plan;                ///< The cheapest of all.
  double cycles = 0;        ///< Of this plan, by the model.
  double first_cycles = 0;  ///< Of the cheapest of the first tiles, nothing shared.

  double gain() const { return first_cycles / cycles; }
  bool has_newer_tile() const;
};

/// In the order of listed_shapes().
std::vector<PredictedPlan> predicted_plans();

/// Over the shapes of at least so many rows.
struct MeanGain {
  double geometric_mean = 1;
  std::size_t shapes = 0;
};
MeanGain mean_gain(const std::vector<PredictedPlan>& plans, std::int64_t least_rows);

}  // namespace assay::sm90
