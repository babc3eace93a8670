// The two halves of the Hopper kernels that meet at the ring of stages: the thread that copies
// operands in, and the warpgroups that multiply them.
#pragma once

#include <cuda.h>

#include <cstdint>

#include "device/cluster.cuh"
#include "device/launch.cuh"
#include "device/wgmma.cuh"
#include "kernels/gemm/sm90/groups.h"
#include "kernels/gemm/sm90/problem.h"
#include "kernels/hopper/operand_tile.cuh"
#include "kernels/hopper/ring.cuh"

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
  static constexpr int kRowBlocks = consumer_rows(kTile) / 64;  ///< Of each consumer.
  static constexpr int kPerBlock = kTile.right / 2;  ///< Accumulators of a thread and row block.
  using Accumulators = Accumulator[kRowBlocks][kPerBlock];

  using LeftTile =
      hopper::OperandTile<typename Operands::Left, Operands::kLeftMajor, kTile.left, kStageK>;
  using RightTile =
      hopper::OperandTile<typename Operands::Right, Operands::kRightMajor, kTile.right, kStageK>;
  using OutputBoxes = hopper::OutputBoxes<typename Operands::Output, kTile.right, kTile.swapped>;
  using RingPosition = hopper::RingPosition<kTile.stages>;

  /// A consumer's number among those that share its tile, and its first row there.
  static constexpr int part(int consumer) { return kTile.ping_pong ? 0 : consumer; }
  static constexpr int first_row(int consumer) { return part(consumer) * kRowBlocks * 64; }
};

template <class K>
struct Shared {
  alignas(1024) unsigned char left[K::kTile.stages][K::LeftTile::kBytes];
  alignas(1024) unsigned char right[K::kTile.stages][K::RightTile::kBytes];
  alignas(1024) unsigned char out[K::kTile.consumers][kOutputBoxes][K::OutputBoxes::kBytes];
  hopper::Ring<K::kTile.stages> ring;
  std::uint32_t arrived[K::kTile.consumers];
};

/// A cluster's work, piece after piece.
template <class K>
class Pieces {
 public:
  __device__ __forceinline__ explicit Pieces(const Arguments& arguments)
      : walk_(arguments.schedule, cluster(), clusters()),
        groups_(arguments.schedule, arguments.group_begins, kGroupTiles),
        next_(cluster()) {}

  __device__ __forceinline__ bool has_next() const {
    TileWork work;
    return Pieces(*this).take(work);
  }

  __device__ __forceinline__ bool take(TileWork& work) {
    if constexpr (!K::kGrouped) return walk_.take(work);
    const int mine = next_;
    next_ += clusters();
    return groups_.at(mine, work);
  }

 private:
  static __device__ __forceinline__ int cluster() {
    return static_cast<int>(device::block_index().x) / K::kTile.cluster;
  }
  static __device__ __forceinline__ int clusters() {
    return static_cast<int>(device::grid_size().x) / K::kTile.cluster;
  }
  static constexpr GroupTiles kGroupTiles{
      K::kTile.swapped, K::kTile.swapped ? K::kTile.right : K::kTile.left* K::kTile.cluster};
  Walk<can_share(K::kTile)> walk_;
  GroupWalk groups_;
  int next_;  ///< Of the groups' pieces.
};

/// Where this block's part of a cluster's tile begins on the left side, and where on the right.
template <class K>
__device__ __forceinline__ int left_begin(const TileWork& work) {
  const int in_cluster = work.row * K::kTile.cluster + static_cast<int>(device::cluster_rank());
  return (K::kTile.swapped ? 0 : work.first_row) + in_cluster * K::kTile.left;
}
template <class K>
__device__ __forceinline__ int right_begin(const TileWork& work) {
  return (K::kTile.swapped ? work.first_row : 0) + work.column * K::kTile.right;
}

/// Which matrix of A and C, and which of B: groups have a B each and share the others.
template <class K>
__device__ __forceinline__ int matrix_of_rows(const TileWork& work) {
  return K::kGrouped ? 0 : work.batch;
}

/// One thread fills the stages; each block of a cluster copies its part of the right tile to all.
template <class K>
__device__ __forceinline__ void produce(Shared<K>& shared, const CUtensorMap& left,
                                        const CUtensorMap& right, const Arguments& arguments) {
  constexpr int kRightPart = K::kTile.right / K::kTile.cluster;
  const int part = static_cast<int>(device::cluster_rank()) * kRightPart;
  Pieces<K> pieces(arguments);
  typename K::RingPosition ring;
  for (TileWork work; pieces.take(work);) {
    const int row = left_begin<K>(work);
    const int column = right_begin<K>(work) + part;
    const int left_matrix = K::kTile.swapped ? work.batch : matrix_of_rows<K>(work);
    const int right_matrix = K::kTile.swapped ? matrix_of_rows<K>(work) : work.batch;
    for (int k = work.first_k; k < work.end_k; ++k, ring.advance()) {
      std::uint64_t* full = hopper::begin_stage(shared.ring, ring, stage_bytes(K::kTile));
      hopper::load_tile<typename K::LeftTile>(shared.left[ring.stage], left, row, k * K::kStageK,
                                              {left_matrix}, full);
      hopper::load_tile<typename K::RightTile, kRightPart, K::kTile.cluster>(
          shared.right[ring.stage] + K::RightTile::mn_offset(part), right, column, k * K::kStageK,
          {right_matrix}, full);
    }
  }
}

/// Starts the products of a stage; the first of them adds to d only where `accumulate`.
template <class K>
__device__ __forceinline__ void start_products(Shared<K>& shared, int stage,
                                               typename K::Accumulators& d, int consumer,
                                               bool accumulate) {
  using Operands = typename K::Operands;
  using LeftTile = typename K::LeftTile;
  using RightTile = typename K::RightTile;
  const std::uint64_t left = hopper::tile_descriptor<LeftTile>(
      shared.left[stage] + LeftTile::mn_offset(K::first_row(consumer)));
  const std::uint64_t right = hopper::tile_descriptor<RightTile>(shared.right[stage]);
  device::wgmma_fence(d);
#pragma unroll
  for (int i = 0; i < LeftTile::kProducts; ++i) {
#pragma unroll
    for (int block = 0; block < K::kRowBlocks; ++block) {
      device::wgmma<typename Operands::Left, typename Operands::Right, Operands::kLeftMajor,
                    Operands::kRightMajor>(
          d[block],
          device::advanced(left, LeftTile::mn_offset(64 * block) + LeftTile::product_offset(i)),
          device::advanced(right, RightTile::product_offset(i)), accumulate || i > 0);
    }
  }
  device::wgmma_commit();
}

/// One warpgroup's products of a tile's slice of K. A stage is released once the products after
/// those that read it have been started: one group stays under way. `all_started` is called once
/// the last products have been started.
template <class K, class AllStarted>
__device__ __forceinline__ void multiply(Shared<K>& shared, typename K::RingPosition& ring,
                                         typename K::Accumulators& d, int consumer, int thread,
                                         int k_blocks, const AllStarted& all_started) {
  int before = -1;
  for (int k = 0; k < k_blocks; ++k, ring.advance()) {
    hopper::wait_stage(shared.ring, ring);
    start_products<K>(shared, ring.stage, d, consumer, k > 0);
    device::wgmma_wait<1>();
    if (before >= 0) hopper::release_stage<K::kTile.cluster>(shared.ring, before, thread);
    before = ring.stage;
  }
  all_started();
  device::wgmma_wait<0>(d);
  hopper::release_stage<K::kTile.cluster>(shared.ring, before, thread);
}

}  // namespace assay::sm90
