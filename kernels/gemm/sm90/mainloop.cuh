// The two halves of the Hopper kernels that meet at the ring of stages: the thread that copies
// operands in, and the warpgroups that multiply them.
#pragma once

#include <cuda.h>

#include <cstdint>

#include "device/cluster.cuh"
#include "device/launch.cuh"
#include "device/mbarrier.cuh"
#include "device/tma.cuh"
#include "device/wgmma.cuh"
#include "kernels/gemm/sm90/groups.h"
#include "kernels/gemm/sm90/problem.h"

namespace assay::sm90 {

/// Tile is a class with a TileConfig kTile: nvcc's host code cannot name a value of a class.
/// Grouped, the rows of A and C fall to groups, each with its own B.
template <class Operands_, class Tile, bool kGrouped_ = false>
struct Kernel {
  using Operands = Operands_;
  using Accumulator = typename Operands::Accumulator;
  static constexpr TileConfig kTile = Tile::kTile;
  static constexpr bool kGrouped = kGrouped_;
  static_assert(tile_fault(kTile) == nullptr);
  static_assert(takes(kTile, Operands::kRightMajor));

  static constexpr int kStageK = kRowBytes / static_cast<int>(sizeof(typename Operands::Left));
  static constexpr int kRowBlocks = kTile.left / kTile.consumers / 64;  ///< Of each consumer.
  static constexpr int kPerBlock = kTile.right / 2;  ///< Accumulators of a thread and row block.
  using Accumulators = Accumulator[kRowBlocks][kPerBlock];
};

template <class K>
struct Shared {
  alignas(1024) unsigned char left[K::kTile.stages][K::kTile.left * kRowBytes];
  alignas(1024) unsigned char right[K::kTile.stages][K::kTile.right * kRowBytes];
  alignas(1024) unsigned char out[K::kTile.consumers][kOutputBoxes][output_box_bytes(K::kTile)];
  std::uint64_t full[K::kTile.stages];
  std::uint64_t empty[K::kTile.stages];
  std::uint32_t arrived[K::kTile.consumers];
};

/// Where in the ring of stages a warpgroup is, and the parity of that round.
template <int kStages>
struct RingPosition {
  int stage = 0;
  std::uint32_t parity = 0;
  __device__ __forceinline__ void advance() {
    if (++stage < kStages) return;
    stage = 0;
    parity ^= 1;
  }
};

/// A cluster's work, piece after piece.
template <class K>
class Pieces {
 public:
  __device__ __forceinline__ explicit Pieces(const Arguments& arguments)
      : schedule_(arguments.schedule),
        groups_(arguments.schedule, arguments.group_begins, kGroupTiles),
        next_(static_cast<int>(device::block_index().x) / K::kTile.cluster) {}

  __device__ __forceinline__ bool take(Work& work) {
    const int mine = next_;
    next_ += static_cast<int>(device::grid_size().x) / K::kTile.cluster;
    if constexpr (K::kGrouped) return groups_.at(mine, work);
    if (mine >= schedule_.count()) return false;
    work = schedule_.at(mine);
    return true;
  }

 private:
  static constexpr GroupTiles kGroupTiles{
      K::kTile.swapped, K::kTile.swapped ? K::kTile.right : K::kTile.left* K::kTile.cluster};
  const Schedule& schedule_;
  GroupWalk groups_;
  int next_;
};

/// Where this block's part of a cluster's tile begins on the left side, and where on the right.
template <class K>
__device__ __forceinline__ int left_begin(const Work& work) {
  const int in_cluster = work.row * K::kTile.cluster + static_cast<int>(device::cluster_rank());
  return (K::kTile.swapped ? 0 : work.first_row) + in_cluster * K::kTile.left;
}
template <class K>
__device__ __forceinline__ int right_begin(const Work& work) {
  return (K::kTile.swapped ? work.first_row : 0) + work.column * K::kTile.right;
}

/// Which matrix of A and C, and which of B: groups have a B each and share the others.
template <class K>
__device__ __forceinline__ int matrix_of_rows(const Work& work) {
  return K::kGrouped ? 0 : work.batch;
}

/// kRows rows of an operand from `row` on, the span of K that begins at `k`. MN-major, a box is 64
/// elements of MN by the span of K; boxes lie one after the other.
template <device::Major kMajor, int kRows, int kBlocks>
__device__ __forceinline__ void load_operand(unsigned char* to, const CUtensorMap& map, int k,
                                             int row, int batch, std::uint64_t* full) {
  const auto load = [&](unsigned char* box, const int(&at)[3]) {
    if constexpr (kBlocks == 1) {
      device::tensor_load(box, map, at, full);
    } else {
      device::tensor_load_multicast(box, map, at, full, (1u << kBlocks) - 1);
    }
  };
  if constexpr (kMajor == device::Major::kK) {
    load(to, {k, row, batch});
  } else {
#pragma unroll
    for (int i = 0; i < kRows; i += 64) load(to + i * kRowBytes, {row + i, k, batch});
  }
}

/// One thread fills the stages; each block of a cluster copies its part of the right tile to all.
template <class K>
__device__ __forceinline__ void produce(Shared<K>& shared, const CUtensorMap& left,
                                        const CUtensorMap& right, const Arguments& arguments) {
  using Operands = typename K::Operands;
  constexpr int kRightPart = K::kTile.right / K::kTile.cluster;
  const int part = static_cast<int>(device::cluster_rank()) * kRightPart;
  Pieces<K> pieces(arguments);
  RingPosition<K::kTile.stages> ring;
  for (Work work; pieces.take(work);) {
    const int row = left_begin<K>(work);
    const int column = right_begin<K>(work) + part;
    const int left_matrix = K::kTile.swapped ? work.batch : matrix_of_rows<K>(work);
    const int right_matrix = K::kTile.swapped ? matrix_of_rows<K>(work) : work.batch;
    for (int k = work.first_k; k < work.end_k; ++k, ring.advance()) {
      std::uint64_t* full = &shared.full[ring.stage];
      device::mbarrier_wait_parity(&shared.empty[ring.stage], ring.parity ^ 1);
      device::mbarrier_arrive_expect_tx(full, stage_bytes(K::kTile));
      load_operand<Operands::kLeftMajor, K::kTile.left, 1>(shared.left[ring.stage], left,
                                                           k * K::kStageK, row, left_matrix, full);
      load_operand<Operands::kRightMajor, kRightPart, K::kTile.cluster>(
          shared.right[ring.stage] + part * kRowBytes, right, k * K::kStageK, column, right_matrix,
          full);
    }
  }
}

/// Tells every block that copies to this stage that this warpgroup has done with it.
template <class K>
__device__ __forceinline__ void release_stage(Shared<K>& shared, int stage, int thread) {
  if constexpr (K::kTile.cluster == 1) {
    if (thread == 0) device::mbarrier_arrive(&shared.empty[stage]);
  } else {
    if (thread < K::kTile.cluster) {
      device::mbarrier_arrive_remote(&shared.empty[stage], static_cast<std::uint32_t>(thread));
    }
  }
}

/// The descriptor of 64 rows (or all of the right tile). K-major, groups of 8 rows follow each
/// other; MN-major, groups of 8 K do, and 64 elements of MN later comes the next box.
__device__ __forceinline__ std::uint64_t operand_descriptor(const unsigned char* from) {
  return device::matrix_descriptor(from, device::Swizzle::k128, 64 * kRowBytes, 8 * kRowBytes);
}

/// How far a descriptor moves for the next product, in bytes: 32 of K inside the swizzled rows, or
/// 16 rows of K.
constexpr std::uint32_t descriptor_step(device::Major major) {
  return major == device::Major::kK ? 32 : 16 * kRowBytes;
}

/// Starts the products of a stage; the first of them adds to d only where `accumulate`.
template <class K>
__device__ __forceinline__ void start_products(Shared<K>& shared, int stage,
                                               typename K::Accumulators& d, int consumer,
                                               bool accumulate) {
  using Operands = typename K::Operands;
  const std::uint64_t left =
      operand_descriptor(shared.left[stage] + consumer * K::kRowBlocks * 64 * kRowBytes);
  const std::uint64_t right = operand_descriptor(shared.right[stage]);
  device::wgmma_fence(d);
#pragma unroll
  for (std::uint32_t i = 0; i < kRowBytes / 32; ++i) {
#pragma unroll
    for (int block = 0; block < K::kRowBlocks; ++block) {
      device::wgmma<typename Operands::Left, typename Operands::Right, Operands::kLeftMajor,
                    Operands::kRightMajor>(
          d[block],
          device::advanced(left, static_cast<std::uint32_t>(block) * 64 * kRowBytes +
                                     i * descriptor_step(Operands::kLeftMajor)),
          device::advanced(right, i * descriptor_step(Operands::kRightMajor)), accumulate || i > 0);
    }
  }
  device::wgmma_commit();
}

/// One warpgroup's products of a tile's slice of K. A stage is released once the products after
/// those that read it have been started: one group stays under way.
template <class K>
__device__ __forceinline__ void multiply(Shared<K>& shared, RingPosition<K::kTile.stages>& ring,
                                         typename K::Accumulators& d, int consumer, int thread,
                                         int k_blocks) {
  int before = -1;
  for (int k = 0; k < k_blocks; ++k, ring.advance()) {
    device::mbarrier_wait_parity(&shared.full[ring.stage], ring.parity);
    start_products<K>(shared, ring.stage, d, consumer, k > 0);
    device::wgmma_wait<1>();
    if (before >= 0) release_stage(shared, before, thread);
    before = ring.stage;
  }
  device::wgmma_wait<0>(d);
  release_stage(shared, before, thread);
}

}  // namespace assay::sm90
