// The listed shapes of experts, and ragged ones; the profile gemm-full is held to all of them.
#pragma once

#include <vector>

#include "kernels/gemm/listed_shapes.h"

namespace assay::sm90 {

/// The routed experts of DeepSeek-V3 that one of eight devices holds: tokens fall to 32 of them.
inline std::vector<GemmShape> listed_experts() {
  std::vector<GemmShape> shapes;
  for (const Projection& weights : {Projection{4096, 7168}, Projection{7168, 2048}}) {
    for (const std::int64_t m : kListedRows) shapes.push_back({m, weights.n, weights.k, 1, 32});
  }
  return shapes;
}

/// All a multiple of 8 in N and K, as 16-byte rows of 16-bit elements ask for.
inline std::vector<GemmShape> ragged_shapes() {
  return {{1, 8, 8},     {1, 1000, 520},  {7, 264, 72},     {65, 200, 136},
          {129, 128, 8}, {257, 520, 200}, {1031, 264, 136}, {300, 1032, 1096}};
}

}  // namespace assay::sm90
