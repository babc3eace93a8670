// fp8 with a scale for every 1 x 128 of A and every 128 x 128 of B: the sums of 128 products are
// taken out of the tensor core, scaled, and added up in f32.
#pragma once

#include "kernels/gemm/sm90/kernel.cuh"

namespace assay::sm90 {

inline constexpr int kScaleBlock = 128;

/// On the device. A's by block of K, then by row of all batches: neighbouring rows lie together.
/// B's by matrix, then by block of columns, then by block of K.
struct ScaleBlocks {
  const float* a = nullptr;
  const float* b = nullptr;
};

/// The products of one warpgroup. While it scales, the other one multiplies.
template <class K>
__device__ __forceinline__ void multiply_scaled(Shared<K>& shared, typename K::RingPosition& ring,
                                                typename K::Accumulators& d, const TileWork& work,
                                                int steps, const Arguments& arguments,
                                                const ScaleBlocks& scales, int left, int consumer,
                                                int thread) {
  static_assert(K::kStageK == kScaleBlock, "a stage is a block of scales");
  static_assert(K::kTile.right == kScaleBlock && K::kRowBlocks == 1 && !K::kTile.swapped);
  static_assert(!K::kTile.ping_pong, "nobody is told that the products have been started");
  const int row = left + device::accumulator_position(thread, 0).row;
  const int matrices = K::kGrouped ? 1 : arguments.schedule.batches;  // that A has
  const std::int64_t first = std::int64_t{matrix_of_rows<K>(work)} * arguments.rows;
  const std::int64_t all_rows = std::int64_t{matrices} * arguments.rows;
  const float* scales_b =
      scales.b + std::int64_t{work.batch * arguments.schedule.columns + work.column} *
                     arguments.schedule.k_blocks;
#pragma unroll
  for (int i = 0; i < K::kPerBlock; ++i) d[0][i] = 0;
  for (int k = work.first_k; k < work.first_k + steps; ++k, ring.advance()) {
    const float b = scales_b[k];
    float scale[2];  // of this thread's two rows; read before the stage is waited for
#pragma unroll
    for (int half = 0; half < 2; ++half) {
      const int at = row + 8 * half;
      scale[half] = at < arguments.rows ? b * scales.a[k * all_rows + first + at] : 0;
    }
    hopper::wait_stage(shared.ring, ring);
    typename K::Accumulators sums;
    start_products<K>(shared, ring.stage, sums, consumer, false);
    device::wgmma_wait<0>(sums);
    hopper::release_stage<K::kTile.cluster>(shared.ring, ring.stage, thread);
#pragma unroll
    for (int i = 0; i < K::kPerBlock; ++i) d[0][i] += scale[i / 2 % 2] * sums[0][i];
  }
}

template <class K>
__global__ void __launch_bounds__(threads(K::kTile), 1)
    gemm_block_scaled(const __grid_constant__ CUtensorMap left,
                      const __grid_constant__ CUtensorMap right,
                      const __grid_constant__ CUtensorMap c,
                      const __grid_constant__ Arguments arguments,
                      const __grid_constant__ ScaleBlocks scales) {
  run<K>(left, right, c, arguments, [&](Shared<K>& shared, int consumer) {
    return [&, consumer](typename K::RingPosition& ring, typename K::Accumulators& d,
                         const TileWork& work, int steps, int from, int thread, const auto&) {
      multiply_scaled<K>(shared, ring, d, work, steps, arguments, scales, from, consumer, thread);
    };
  });
}

}  // namespace assay::sm90
