// A warpgroup's accumulators on their way out: rounded into swizzled shared memory, stored from
// there by TMA while the next ones are computed.
#pragma once

#include <cstdint>
#include <type_traits>

#include "device/barrier.cuh"
#include "device/convert.cuh"
#include "device/fence.cuh"
#include "device/matrix.cuh"
#include "device/tma.cuh"
#include "kernels/device/fragment.h"
#include "kernels/device/swizzle.h"
#include "kernels/hopper/output_box.h"
#include "kernels/hopper/roles.cuh"

namespace assay::hopper {

template <class Output>
__device__ __forceinline__ std::uint32_t pack_pair(float low, float high) {
  if constexpr (std::is_same_v<Output, device::Bf16>) {
    return device::pack_bf16(low, high);
  } else {
    static_assert(std::is_same_v<Output, device::F16>);
    return device::pack_f16(low, high);
  }
}

/// 16 of the accumulators' columns as 8x8 matrices into a box; transposed on the way where it is.
template <class Boxes, int kMatrices>
__device__ __forceinline__ void store_matrices(unsigned char* box, const float* d, int column,
                                               int thread) {
  const int lane = thread % 32;
  const int down = thread / 32 * 16 + lane / 8 % 2 * 8;
  const int across = column + lane / 16 * 8;
  const int row = (Boxes::kTransposed ? across : down) + lane % 8;
  const int place = Boxes::kTransposed ? down : across;
  std::uint32_t fragment[kMatrices];
#pragma unroll
  for (int i = 0; i < kMatrices; ++i) {
    fragment[i] = pack_pair<typename Boxes::Output>(d[2 * i], d[2 * i + 1]);
  }
  const auto offset = static_cast<std::uint32_t>(row * kRowBytes + place * 2);
  device::stmatrix<Boxes::kTransposed>(box + device::swizzled(device::Swizzle::k128, offset),
                                       fragment);
}

/// Box number `box` of the accumulators into shared memory.
template <class Boxes, class Accumulator>
__device__ __forceinline__ void write_box(unsigned char* to,
                                          const Accumulator (&d)[Boxes::kColumns / 2], int box,
                                          int thread) {
  using Output = typename Boxes::Output;
  constexpr int kColumns = Boxes::kTransposed ? Boxes::kColumns : Boxes::kWidth;
  const int first = Boxes::kTransposed ? 0 : box * (Boxes::kWidth / 2);  // of the accumulators
  if constexpr (sizeof(Output) == 2) {
#pragma unroll
    for (int i = 0; i < kColumns; i += 16) {
      constexpr int kMatrices = kColumns == 8 ? 2 : 4;
      store_matrices<Boxes, kMatrices>(to, &d[first + i / 2], i, thread);
    }
  } else {
    if (Boxes::kTransposed && thread / 64 != box) return;  // two warps hold a box's 32 columns
#pragma unroll
    for (int i = 0; i < kColumns / 2; ++i) {
      const device::Position at = device::accumulator_position(thread, i);
      const int row = Boxes::kTransposed ? at.column : at.row;
      const int column = Boxes::kTransposed ? at.row % Boxes::kWidth : at.column;
      const auto offset = static_cast<std::uint32_t>(row * kRowBytes + column * 4);
      *reinterpret_cast<Output*>(to + device::swizzled(device::Swizzle::k128, offset)) =
          d[first + i];
    }
  }
}

/// Writes box number `box` into the next of the warpgroup's buffers, once that has been read, and
/// makes it visible to TMA; returns the buffer. `turn` goes on from tile to tile. Thread 0 then
/// stores the box and commits, one group a box, so that the groups under way count buffers; before
/// the block ends it waits for them (bulk_wait_read<0>).
template <class Boxes, int kBuffers, class Accumulator>
__device__ __forceinline__ unsigned char* fill_next_box(
    unsigned char (&buffers)[kBuffers][Boxes::kBytes], int& turn,
    const Accumulator (&d)[Boxes::kColumns / 2], int box, int consumer, int thread) {
  unsigned char* buffer = buffers[turn];
  turn = (turn + 1) % kBuffers;
  if (thread == 0) device::bulk_wait_read<kBuffers - 1>();
  device::named_barrier_sync(consumer_barrier(consumer), kWarpgroup);
  write_box<Boxes>(buffer, d, box, thread);
  device::fence_proxy_async_shared();
  device::named_barrier_sync(consumer_barrier(consumer), kWarpgroup);
  return buffer;
}

}  // namespace assay::hopper
