// Compares two results word by word on the device that made them.
#pragma once

#include <cstdint>

#include "device/atomic.cuh"
#include "device/launch.cuh"
#include "kernels/gemm/sdc/difference.h"
#include "kernels/launch/prepare.cuh"

namespace assay::sdc {

inline constexpr int kThreads = 256;
inline constexpr int kBlocksEach = 8;  ///< Of a multiprocessor.

/// Neighbouring threads read neighbouring words. Atomics only where something is wrong. If two
/// objects hold the same function, the linker keeps either one, for any architecture; the major
/// compute capability as a template argument keeps them distinct.
template <int kCapability>
__global__ void __launch_bounds__(kThreads)
    compare_bits(const std::uint32_t* __restrict__ golden, const std::uint32_t* __restrict__ got,
                 std::uint64_t words, BitDifference* difference) {
  const std::uint64_t step = std::uint64_t{device::grid_size().x} * kThreads;
  unsigned long long wrong = 0, first = ~0ull;
  for (std::uint64_t i =
           std::uint64_t{device::block_index().x} * kThreads + device::thread_index().x;
       i < words; i += step) {
    if (golden[i] == got[i]) continue;
    if (wrong == 0) first = i;
    ++wrong;
  }
  if (wrong == 0) return;
  device::atomic_add(&difference->words, wrong);
  device::atomic_min(&difference->first, first);
}

template <int kCapability>
KernelPlan<ComparedResults> compare(int multiprocessors) {
  device::LaunchConfig config;
  config.grid.x = static_cast<unsigned>(multiprocessors * kBlocksEach);
  config.block.x = kThreads;
  KernelPlan<ComparedResults> plan;
  plan.bind = [config](const ComparedResults& results, const Workspace&) {
    return prepare_launch(
        config, compare_bits<kCapability>, static_cast<const std::uint32_t*>(results.golden),
        static_cast<const std::uint32_t*>(results.got), results.words, results.difference);
  };
  return plan;
}

}  // namespace assay::sdc
