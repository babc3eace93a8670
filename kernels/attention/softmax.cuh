// The online softmax of rows of scores, as wgmma and mma.sync leave them in registers.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

#include "device/exponential.cuh"
#include "device/warp.cuh"
#include "kernels/attention/key_order.h"
#include "kernels/attention/mask.h"
#include "kernels/device/fragment.h"
#include "kernels/hopper/store.cuh"

namespace assay::attention {

inline constexpr float kMinusInfinity = -std::numeric_limits<float>::infinity();

/// Accumulators of a thread alternate between two rows, 8 apart.
__device__ __forceinline__ constexpr int row_of(int accumulator) { return accumulator / 2 % 2; }

/// What a thread's two rows have come to. The four threads of a row share `largest`; each sums its
/// own columns.
struct Softmax {
  float largest[2] = {kMinusInfinity, kMinusInfinity};  ///< Of the scores, unscaled.
  float sum[2] = {0, 0};
};

/// The keys that the two rows attend to, from that of the thread's first column of a block on.
struct VisibleColumns {
  Range of[2];
};

/// `row` is the query of the first row of a warpgroup, or of a warp whose threads are 0 to 31.
template <class Order>
__device__ __forceinline__ VisibleColumns visible_columns(const Scores& scores, int row,
                                                          int thread) {
  VisibleColumns columns;
#pragma unroll
  for (int i = 0; i < 2; ++i) {
    const Range keys = visible_keys(scores, row + device::accumulator_position(thread, 2 * i).row);
    const int first = Order::first_key(thread);
    columns.of[i] = {keys.first - first, keys.last - first};
  }
  return columns;
}

/// Scores of the block that begins at `key` which the mask forbids become minus infinity.
template <class Order = ColumnOrder, int kCount>
__device__ __forceinline__ void hide(float (&scores)[kCount], const VisibleColumns& columns,
                                     int key) {
#pragma unroll
  for (int i = 0; i < kCount; ++i) {
    const Range visible = columns.of[row_of(i)];
    const Range here{visible.first - key, visible.last - key};
    if (!here.has(Order::key_step(i))) scores[i] = kMinusInfinity;
  }
}

/// Takes a block of scores in and leaves 2^kShift times their exponentials; `factor` is what sums
/// and outputs of the blocks before are to be multiplied by.
template <int kShift = 0, int kCount>
__device__ __forceinline__ void exponentiate(float (&scores)[kCount], Softmax& rows,
                                             float scale_log2, float (&factor)[2]) {
#pragma unroll
  for (int row = 0; row < 2; ++row) {
    float largest = rows.largest[row];
#pragma unroll
    for (int i = 2 * row; i < kCount; i += 4) {
      largest = fmaxf(largest, fmaxf(scores[i], scores[i + 1]));
    }
    largest = fmaxf(largest, device::shuffle_xor(largest, 1));
    largest = fmaxf(largest, device::shuffle_xor(largest, 2));
    // Of a row that has seen no key yet, infinity minus infinity would be NaN.
    const float subtracted = largest == kMinusInfinity ? 0 : largest;
    const float exponent = subtracted * scale_log2;
    // Of a row whose largest score stays, exactly 1: were the products subtracted, a fused multiply
    // and add would leave what rounding took from the second, in every block anew.
    factor[row] = device::exp2_approx((rows.largest[row] - subtracted) * scale_log2);
    const float shift = exponent - kShift;
    rows.largest[row] = largest;
    float sum = rows.sum[row] * factor[row];
#pragma unroll
    for (int i = 2 * row; i < kCount; i += 4) {
#pragma unroll
      for (int j = i; j < i + 2; ++j) {
        scores[j] = device::exp2_approx(scores[j] * scale_log2 - shift);
        sum += scores[j];
      }
    }
    rows.sum[row] = sum;
  }
}

/// As many exponentials as a register holds, from accumulators that the order of keys names.
template <class Element, class Order, int kCount>
__device__ __forceinline__ std::uint32_t pack_register(const float (&exponentials)[kCount],
                                                       int product, int r) {
  const auto value = [&](int e) { return exponentials[Order::accumulator(product, r, e)]; };
  if constexpr (sizeof(Element) == 2) {
    return hopper::pack_pair<Element>(value(0), value(1));
  } else {
    const std::uint32_t low = device::pack_e4m3(value(0), value(1));
    return low | std::uint32_t{device::pack_e4m3(value(2), value(3))} << 16;
  }
}

/// The exponentials as the fragments of wgmma's left operand.
template <class Element, class Order = ColumnOrder, int kProducts, int kCount>
__device__ __forceinline__ void pack(std::uint32_t (&fragments)[kProducts][4],
                                     const float (&exponentials)[kCount]) {
#pragma unroll
  for (int product = 0; product < kProducts; ++product) {
#pragma unroll
    for (int r = 0; r < 4; ++r) {
      fragments[product][r] = pack_register<Element, Order>(exponentials, product, r);
    }
  }
}

/// Multiplies each row of the outputs by its factor.
template <int kCount>
__device__ __forceinline__ void scale_rows(float (&outputs)[kCount], const float (&factor)[2]) {
#pragma unroll
  for (int i = 0; i < kCount; ++i) outputs[i] *= factor[row_of(i)];
}

/// Ends the sums; `factor` then divides the outputs by them, and makes 0 of a row without keys.
__device__ __forceinline__ void finish(Softmax& rows, float (&factor)[2]) {
#pragma unroll
  for (int row = 0; row < 2; ++row) {
    float sum = rows.sum[row];
    sum += device::shuffle_xor(sum, 1);
    sum += device::shuffle_xor(sum, 2);
    rows.sum[row] = sum;
    factor[row] = sum == 0 ? 0 : 1 / sum;
  }
}

/// Natural units; minus infinity of a row without keys. The sum is of 2^kShift times exponentials.
template <int kShift = 0>
__device__ __forceinline__ float log_sum_exp(const Softmax& rows, int row, float scale) {
  constexpr float kShrink = 1.0F / (1 << kShift);
  return rows.largest[row] * scale + logf(rows.sum[row] * kShrink);
}

}  // namespace assay::attention
