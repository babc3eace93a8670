// How the partial results of teams and of splits become the rows of the output.
#pragma once

#include <cstdint>

#include "kernels/attention/combine.h"
#include "kernels/attention/sm80/problem.h"
#include "kernels/hopper/store.cuh"

namespace assay::attention::sm80 {

/// Two neighbours in a row.
struct alignas(8) Pair {
  float low, high;
};

/// What the parts have made of a row: each divided by its own sum of exponentials.
struct RowParts {
  const float* outputs;
  const float* log_sum_exps;
  std::int64_t outputs_apart, log_sum_exps_apart;  ///< From one part to the next.
  int count;
};

/// A warp's lane holds pairs lane, lane + 32, ... of a row.
template <int kWidth>
struct CombinedPairs {
  static constexpr int kCount = kWidth / 64;
  Pair pairs[kCount];
  float log_sum_exp;
};

template <int kWidth>
__device__ __forceinline__ CombinedPairs<kWidth> combine(const RowParts& parts, int lane) {
  CombinedRow row;
  for (int i = 0; i < parts.count; ++i) row.add(parts.log_sum_exps[i * parts.log_sum_exps_apart]);
  CombinedPairs<kWidth> combined = {};
#pragma unroll 4
  for (int i = 0; i < parts.count; ++i) {
    const float weight = row.weight(parts.log_sum_exps[i * parts.log_sum_exps_apart]);
    const auto* from =
        reinterpret_cast<const Pair*>(parts.outputs + i * parts.outputs_apart) + lane;
#pragma unroll
    for (int j = 0; j < combined.kCount; ++j) {
      const Pair part = from[32 * j];
      combined.pairs[j].low += weight * part.low;
      combined.pairs[j].high += weight * part.high;
    }
  }
  combined.log_sum_exp = row.log_sum_exp();
  return combined;
}

/// Where a block leaves its part of a row for the block that combines the tile.
template <int kWidth>
struct PartialRow {
  Pair* outputs;
  float* log_sum_exp;

  __device__ __forceinline__ PartialRow(const Arguments& arguments, const Work& work, int split,
                                        int row, int tile_rows) {
    const std::int64_t place = (work.tile * arguments.splits + split) * tile_rows + row;
    outputs = reinterpret_cast<Pair*>(arguments.outputs + place * kWidth);
    log_sum_exp = arguments.log_sum_exps + place;
  }

  __device__ __forceinline__ void store(const CombinedPairs<kWidth>& row, int lane) const {
#pragma unroll
    for (int j = 0; j < row.kCount; ++j) outputs[lane + 32 * j] = row.pairs[j];
    if (lane == 0) *log_sum_exp = row.log_sum_exp;
  }
};

/// A row of O, rounded, and its log-sum-exp. `row` is packed.
template <class Element, int kWidth>
__device__ __forceinline__ void store_row(const Arguments& arguments, const Work& work, int row,
                                          const CombinedPairs<kWidth>& combined, int lane) {
  const RowPlace place = place_of(arguments, work, row);
  auto* to = static_cast<std::uint32_t*>(arguments.arrays.output) + place.row * (kWidth / 2);
#pragma unroll
  for (int j = 0; j < combined.kCount; ++j) {
    to[lane + 32 * j] = hopper::pack_pair<Element>(combined.pairs[j].low, combined.pairs[j].high);
  }
  if (lane == 0) arguments.arrays.log_sum_exp[place.log_sum_exp] = combined.log_sum_exp;
}

}  // namespace assay::attention::sm80
