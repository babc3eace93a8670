// Brings tiles of operands by TMA, and describes them to wgmma.
#pragma once

#include <cuda.h>

#include <cstdint>

#include "device/tma.cuh"
#include "device/wgmma.cuh"
#include "kernels/hopper/operand_tile.h"

namespace assay::hopper {

/// Starts the copies of kCount rows of MN of a tile to `to`, the place of the first of them, in
/// each of kBlocks blocks of the cluster. In the tensor the first is row `mn` of MN, the tile's K
/// begins at `k`, and `outer` are the further coordinates. A box of `map` has rows of 128 bytes:
/// K-major kCount of them, MN-major the tile's K. One thread; the barrier counts the bytes.
template <class Tile, int kCount = Tile::kMn, int kBlocks = 1, int kOuter>
__device__ __forceinline__ void load_tile(unsigned char* to, const CUtensorMap& map, int mn, int k,
                                          const int (&outer)[kOuter], std::uint64_t* full) {
  constexpr bool kAlongK = Tile::kMajor == device::Major::kK;
  constexpr int kBoxes = kAlongK ? Tile::kBoxes : kCount / Tile::kInRow;
  static_assert(kAlongK || kCount % Tile::kInRow == 0);
#pragma unroll
  for (int i = 0; i < kBoxes; ++i) {
    const int along = i * Tile::kInRow;
    int at[2 + kOuter] = {kAlongK ? k + along : mn + along, kAlongK ? mn : k};
#pragma unroll
    for (int dimension = 0; dimension < kOuter; ++dimension) at[2 + dimension] = outer[dimension];
    if constexpr (kBlocks == 1) {
      device::tensor_load(to + i * Tile::kBoxBytes, map, at, full);
    } else {
      device::tensor_load_multicast(to + i * Tile::kBoxBytes, map, at, full, (1u << kBlocks) - 1);
    }
  }
}

/// Of the part that begins at `from`; product number i along K is Tile::product_offset(i) further.
template <class Tile>
__device__ __forceinline__ std::uint64_t tile_descriptor(const unsigned char* from) {
  return device::matrix_descriptor(from, device::Swizzle::k128, Tile::kLeadingBytes,
                                   Tile::kStrideBytes);
}

}  // namespace assay::hopper
