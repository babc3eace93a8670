// What runs before and after the backward kernel, row by row: sums of O dO, log-sum-exps in units
// of log2, zeros for dQ; and dQ from f32 to its type.
#pragma once

#include <cstdint>
#include <limits>

#include "device/launch.cuh"
#include "device/warp.cuh"
#include "kernels/attention/sm90/backward_problem.h"
#include "kernels/device/formats.h"
#include "kernels/hopper/store.cuh"

namespace assay::attention::sm90 {

struct RowArguments {
  int batches = 1, heads = 1, queries = 1;
  const void* output = nullptr;  ///< O and dO, [b, sq, hq, width].
  const void* output_gradient = nullptr;
  const float* log_sum_exp = nullptr;  ///< [b, hq, sq], natural units.
  float* query_gradients = nullptr;    ///< [b, sq, hq, width], becomes zeros.
  float* padded_log_sum_exp = nullptr;
  float* output_sum = nullptr;
  std::uint32_t* additions = nullptr;  ///< [b, hq, steps], becomes zeros.

  constexpr std::int64_t padded_rows() const {
    return static_cast<std::int64_t>(batches) * heads * padded_queries(queries);
  }
};

inline constexpr int kRowThreads = 256;  ///< A warp takes a row.
inline constexpr int kRowsOfBlock = kRowThreads / 32;

/// Of two neighbours in a word.
template <class Element>
__device__ __forceinline__ float product_sum(std::uint32_t a, std::uint32_t b) {
  const auto value = [](std::uint32_t bits) {
    return device::to_float(Element{static_cast<std::uint16_t>(bits)});
  };
  return value(a) * value(b) + value(a >> 16) * value(b >> 16);
}

/// A row past the last query, and one that attends to nothing, gets a log-sum-exp of infinity, so
/// that its probabilities are 0.
template <class Element, int kWidth>
__global__ void __launch_bounds__(kRowThreads)
    prepare_rows(const __grid_constant__ RowArguments arguments) {
  const std::int64_t number =
      static_cast<std::int64_t>(device::block_index().x) * kRowsOfBlock + device::warp_index();
  if (number >= arguments.padded_rows()) return;
  const auto lane = static_cast<int>(device::lane_index());
  const int padded = padded_queries(arguments.queries);
  const auto query = static_cast<int>(number % padded);
  const std::int64_t head = number / padded;  // batch and head
  float sum = 0, log_sum_exp = std::numeric_limits<float>::infinity();
  if (query < arguments.queries) {
    const std::int64_t row =
        (head / arguments.heads * arguments.queries + query) * arguments.heads +
        head % arguments.heads;
    const auto* output =
        static_cast<const std::uint32_t*>(arguments.output) + row * (kWidth / 2) + lane;
    const auto* gradient =
        static_cast<const std::uint32_t*>(arguments.output_gradient) + row * (kWidth / 2) + lane;
    float* zeros = arguments.query_gradients + row * kWidth + lane;
#pragma unroll
    for (int i = 0; i < kWidth / 64; ++i) {
      sum += product_sum<Element>(output[32 * i], gradient[32 * i]);
    }
#pragma unroll
    for (int i = 0; i < kWidth / 32; ++i) zeros[32 * i] = 0;
#pragma unroll
    for (int other = 16; other > 0; other /= 2) sum += device::shuffle_xor(sum, other);
    constexpr float kLog2E = 1.44269504F;
    const float natural = arguments.log_sum_exp[head * arguments.queries + query];
    if (natural != -log_sum_exp) log_sum_exp = natural * kLog2E;
  }
  if (lane == 0) {
    arguments.padded_log_sum_exp[number] = log_sum_exp;
    arguments.output_sum[number] = sum;
    if (query % kBackwardQueries == 0) arguments.additions[number / kBackwardQueries] = 0;
  }
}

/// Four values of f32, and as many rounded.
struct alignas(16) FourFloats {
  float of[4];
};
struct alignas(8) TwoWords {
  std::uint32_t of[2];
};

/// `fours` values in groups of four, multiplied by the scale.
template <class Element>
__global__ void __launch_bounds__(kRowThreads)
    round_query_gradients(const FourFloats* from, TwoWords* to, std::int64_t fours, float scale) {
  const std::int64_t i =
      static_cast<std::int64_t>(device::block_index().x) * kRowThreads + device::thread_index().x;
  if (i >= fours) return;
  const FourFloats values = from[i];
  to[i] = {{hopper::pack_pair<Element>(values.of[0] * scale, values.of[1] * scale),
            hopper::pack_pair<Element>(values.of[2] * scale, values.of[3] * scale)}};
}

}  // namespace assay::attention::sm90
