// The projection of an integer matrix on the device: what two matrices are compared by.
#pragma once

#include "device/atomic.cuh"
#include "kernels/gemm/exact_values.h"
#include "kernels/gemm/on_device/element.cuh"

namespace assay::on_device {

/// The element times its factor or, of a C that was added to, what the product added.
__device__ inline float taken(const Projection& all, std::int64_t i, std::int64_t j) {
  const std::int64_t at = all.first + i * all.kept_step + j * all.summed_step;
  const float value = value_at(all.matrix, all.dtype, at) * factor_at(all.factor, i, j);
  if (all.beta == 0) return value / all.alpha;
  return (value - all.beta * exact_c_at(all.seed, static_cast<std::uint64_t>(at))) / all.alpha;
}

/// A sum is shared out to `strands` threads, so that neighbours read neighbouring elements:
/// neighbours in j where elements lie along j, else neighbours in i. The order of additions modulo
/// 2^64 changes nothing.
__global__ void __launch_bounds__(kThreads) project_matrix(Projection all, int strands) {
  const bool is_along = all.summed_step == 1;
  bool is_whole = true;
  const Share share = share_of_this_thread();
  for (std::int64_t item = share.first; item < all.kept * strands; item += share.step) {
    const std::int64_t i = is_along ? item / strands : item % all.kept;
    unsigned long long sum = 0;
    for (std::int64_t j = is_along ? item % strands : item / all.kept; j < all.summed;
         j += strands) {
      const float value = taken(all, i, j);
      // Also what makes the conversion to an integer defined; NaN is not whole.
      const bool is_good = fabsf(value) <= 0x1p24F && value == truncf(value);
      is_whole = is_whole && is_good;
      if (is_good) {
        sum += static_cast<unsigned long long>(static_cast<long long>(value)) * all.x[j];
      }
    }
    device::atomic_add(all.out + i, sum);
  }
  if (!is_whole) device::atomic_max(all.not_whole, 1u);
}

inline void launch_project(const Projection& all, const Place& place) {
  constexpr int kStrands = 32;
  device::launch(config_for(all.kept * kStrands, place), project_matrix, all, kStrands);
}

}  // namespace assay::on_device
