// Atomics at the scope of the GPU, relaxed unless their name says otherwise.
#pragma once

#include <cstdint>

namespace assay::device {

/// T: int, unsigned, unsigned long long, float. Returns what was there before.
template <typename T>
__device__ __forceinline__ T atomic_add(T* address, T value) {
  return atomicAdd(address, value);
}

/// T: int, unsigned, unsigned long long.
template <typename T>
__device__ __forceinline__ T atomic_max(T* address, T value) {
  return atomicMax(address, value);
}

template <typename T>
__device__ __forceinline__ T atomic_min(T* address, T value) {
  return atomicMin(address, value);
}

/// T: int, unsigned, unsigned long long, float.
template <typename T>
__device__ __forceinline__ T atomic_exchange(T* address, T value) {
  return atomicExch(address, value);
}

/// T: int, unsigned, unsigned long long.
template <typename T>
__device__ __forceinline__ T atomic_compare_exchange(T* address, T expected, T desired) {
  return atomicCAS(address, expected, desired);
}

/// ld.acquire.gpu: the only load that a loop may spin on.
__device__ __forceinline__ std::uint32_t load_acquire(const std::uint32_t* address) {
  std::uint32_t value;
  asm volatile("ld.acquire.gpu.global.u32 %0, [%1];" : "=r"(value) : "l"(address) : "memory");
  return value;
}

/// st.release.gpu
__device__ __forceinline__ void store_release(std::uint32_t* address, std::uint32_t value) {
  asm volatile("st.release.gpu.global.u32 [%0], %1;" ::"l"(address), "r"(value) : "memory");
}

/// atom.add.release.gpu: a thread that acquires the sum sees what this one wrote before.
__device__ __forceinline__ std::uint32_t atomic_add_release(std::uint32_t* address,
                                                            std::uint32_t value) {
  std::uint32_t before;
  asm volatile("atom.add.release.gpu.global.u32 %0, [%1], %2;"
               : "=r"(before)
               : "l"(address), "r"(value)
               : "memory");
  return before;
}

}  // namespace assay::device
