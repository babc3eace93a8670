// Trials of the ladder's kernels.
#pragma once

#include "kernels/emulator/emulator.h"

namespace assay::emulator {

void tma_copy_trial(Emulator& emulator);
void transpose_trial(Emulator& emulator);
void tile_product_trial(Emulator& emulator);
void tile_product_cluster_trial(Emulator& emulator);
/// A 128x256x64-tile product of M x N x K; the inputs are small integers, the outcome exact.
void large_product_trial(Emulator& emulator, int m, int n, int k);
/// Where the descriptor and the tensor map of B do not agree on the swizzle.
void mismatched_swizzle_trial(Emulator& emulator);

}  // namespace assay::emulator
