// The kernels that the deletion test and the soak go through: a later kernel joins with one entry.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/emulator/runtime/emulator.h"

namespace assay::emulator {

/// A call that may be deleted without anyone noticing, and why that is no fault of the test's.
struct NotFunctional {
  std::string_view instruction;
  std::string_view reason;
};

struct KernelTrial {
  std::string name;
  Trial trial;
  std::vector<NotFunctional> not_functional;
};

void tma_copy_trial(Emulator& emulator);
void transpose_trial(Emulator& emulator);
void tile_product_trial(Emulator& emulator);
void tile_product_cluster_trial(Emulator& emulator);
/// A 128x256x64-tile product of M x N x K; the inputs are small integers, the outcome exact.
void large_product_trial(Emulator& emulator, int m, int n, int k);
/// Where the descriptor and the tensor map of B do not agree on the swizzle.
void mismatched_swizzle_trial(Emulator& emulator);

inline std::vector<KernelTrial> ladder() {
  const NotFunctional pool{"setmaxnreg.inc", "it asks for speed: the emulator allots registers"};
  const NotFunctional converge{"bar.warp.sync",
                               "the cluster's barrier wants a converged warp; here lanes are free"};
  return {
      {"tma_copy", tma_copy_trial, {}},
      {"swizzled_transpose", transpose_trial, {}},
      {"tile_product", tile_product_trial, {pool}},
      {"tile_product in a cluster", tile_product_cluster_trial, {pool, converge}},
  };
}

}  // namespace assay::emulator
