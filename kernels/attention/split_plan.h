// How many parts the keys of a decode step are split into, so that few long rows fill every
// multiprocessor (or core), and which keys are in which part.
#pragma once

#include <cstdint>

#include "kernels/attention/mask.h"

namespace assay::attention {

/// What a split is planned for: `tiles` independent tiles, each over `blocks` blocks of keys.
struct SplitProblem {
  std::int64_t tiles = 1;
  int blocks = 1;
  int processors = 1;
  int most_splits = 1;
};

/// The share of the processors' time that is work: a wave takes as long as its longest part.
constexpr double wave_efficiency(const SplitProblem& problem, int splits) {
  const std::int64_t parts = problem.tiles * splits;
  const std::int64_t waves = (parts + problem.processors - 1) / problem.processors;
  const std::int64_t longest = (problem.blocks + splits - 1) / splits;
  return static_cast<double>(problem.tiles * problem.blocks) /
         static_cast<double>(waves * longest * problem.processors);
}

/// The fewest splits that reach 85 % of the best wave efficiency: each one more costs a partial
/// result that is written and read again. One where 4 blocks or fewer leave little to share out.
constexpr int choose_splits(const SplitProblem& problem) {
  constexpr int kTooFewBlocks = 4;
  constexpr double kEnough = 0.85;
  if (problem.blocks <= kTooFewBlocks) return 1;
  const int most = problem.most_splits < problem.blocks ? problem.most_splits : problem.blocks;
  double best = 0;
  for (int splits = 1; splits <= most; ++splits) {
    const double efficiency = wave_efficiency(problem, splits);
    if (efficiency > best) best = efficiency;
  }
  int splits = 1;
  while (wave_efficiency(problem, splits) < kEnough * best) ++splits;
  return splits;
}

/// The blocks of part `index`, as even as they can be: none is empty with splits <= blocks.
constexpr Range split_range(int blocks, int splits, int index) {
  const auto edge = [&](std::int64_t i) { return static_cast<int>(i * blocks / splits); };
  return {edge(index), edge(index + 1)};
}

}  // namespace assay::attention
