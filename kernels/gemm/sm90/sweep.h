// The plans of a sweep with their times: their CSV file, and the model's constants fitted to them.
#pragma once

#include <string>
#include <vector>

#include "kernels/gemm/sm90/model.h"

namespace assay::sm90 {

/// One plan of gemm.bf16.sm90, and how long a run of it took.
struct TimedPlan {
  GemmShape shape;
  int multiprocessors = 1;
  Plan plan;
  double took_s = 0;
};

/// What gemm.bf16.sm90 multiplies.
inline Product swept_product(const GemmShape& shape) { return {.shape = shape}; }
/// Large products, decode and prefill of the weights that LLMs have, so ordered that any beginning
/// has all three.
std::vector<GemmShape> swept_shapes();

std::string sweep_csv(const std::vector<TimedPlan>& timed);
/// Throws Error, naming the line, where the text is none that sweep_csv() wrote.
std::vector<TimedPlan> sweep_from_csv(const std::string& text);

struct Fit {
  ModelConstants constants;
  double clock_hz = 0;
  double typical_error = 0;  ///< The median of |time / the model's - 1|.
};
/// The constants with which the model's times are nearest by ratio, from a start at its own.
/// Throws Error for fewer than kFewestTimed plans.
Fit fitted(const std::vector<TimedPlan>& timed);
inline constexpr std::size_t kFewestTimed = 20;

}  // namespace assay::sm90
