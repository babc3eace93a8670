// Simulated runs of one case: passes that differ between and within themselves as real ones do.
#pragma once

#include <random>
#include <string>

#include "harness/compare/compare.h"

namespace assay::compare {

/// How much a case's times differ, as relative standard deviations.
struct Noise {
  double between_runs = 0.001, between_passes = 0.003, within_pass = 0.01;
};

/// A run of one GEMM: `passes` medians with 30 values each.
NamedResult simulated_run(std::mt19937_64& random, double time_s, int passes, const Noise& noise);

/// The one measurement of it.
inline Measurement& only(NamedResult& run) { return run.result.measurements.front(); }

}  // namespace assay::compare
