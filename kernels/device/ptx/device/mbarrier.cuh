// mbarrier: barriers in shared memory that count arrivals and bytes and turn in phases.
#pragma once

#include <cstdint>

#include "device/launch.cuh"

namespace assay::device {

/// `arrivals` complete a phase. Then fence_mbarrier_init and a barrier of all who will use it.
__device__ __forceinline__ void mbarrier_init(std::uint64_t* barrier, std::uint32_t arrivals) {
  asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" ::"r"(shared_address(barrier)),
               "r"(arrivals)
               : "memory");
}

/// Ends the barrier's life; its bytes may then be used for anything else.
__device__ __forceinline__ void mbarrier_invalidate(std::uint64_t* barrier) {
  asm volatile("mbarrier.inval.shared::cta.b64 [%0];" ::"r"(shared_address(barrier)) : "memory");
}

/// One arrival (release, block scope).
__device__ __forceinline__ void mbarrier_arrive(std::uint64_t* barrier) {
  asm volatile("mbarrier.arrive.shared::cta.b64 _, [%0];" ::"r"(shared_address(barrier))
               : "memory");
}

/// Adds `bytes` to what the phase waits for, then arrives once.
__device__ __forceinline__ void mbarrier_arrive_expect_tx(std::uint64_t* barrier,
                                                          std::uint32_t bytes) {
  asm volatile(
      "mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(shared_address(barrier)),
      "r"(bytes)
      : "memory");
}

/// Adds `bytes` to what the phase waits for, without arriving.
__device__ __forceinline__ void mbarrier_expect_tx(std::uint64_t* barrier, std::uint32_t bytes) {
  asm volatile(
      "mbarrier.expect_tx.relaxed.cta.shared::cta.b64 [%0], %1;" ::"r"(shared_address(barrier)),
      "r"(bytes)
      : "memory");
}

/// One arrival at the same barrier of block `rank` of the cluster (mapa, then a release at cluster
/// scope); `rank` may be the own one.
__device__ __forceinline__ void mbarrier_arrive_remote(std::uint64_t* barrier, std::uint32_t rank) {
  asm volatile(
      "{\n"
      ".reg .b32 remote;\n"
      "mapa.shared::cluster.u32 remote, %0, %1;\n"
      "mbarrier.arrive.shared::cluster.b64 _, [remote];\n"
      "}\n" ::"r"(shared_address(barrier)),
      "r"(rank)
      : "memory");
}

/// True when the phase of parity `parity` is complete. May wait a while, and may say false though.
/// A fresh barrier passes a wait for parity 1.
__device__ __forceinline__ bool mbarrier_try_wait_parity(std::uint64_t* barrier,
                                                         std::uint32_t parity) {
  std::uint32_t complete;
  asm volatile(
      "{\n"
      ".reg .pred p;\n"
      "mbarrier.try_wait.parity.shared::cta.b64 p, [%1], %2;\n"
      "selp.u32 %0, 1, 0, p;\n"
      "}\n"
      : "=r"(complete)
      : "r"(shared_address(barrier)), "r"(parity)
      : "memory");
  return complete != 0;
}

/// Waits until the phase of parity `parity` is complete: try_wait in a loop. In a debug build a
/// wait of ten seconds (at 2 GHz) is a fault, so that what would hang has a line.
__device__ __forceinline__ void mbarrier_wait_parity(std::uint64_t* barrier, std::uint32_t parity) {
#ifdef NDEBUG
  while (!mbarrier_try_wait_parity(barrier, parity)) {
  }
#else
  const long long begin = clock64();
  while (!mbarrier_try_wait_parity(barrier, parity)) {
    if (clock64() - begin > 20'000'000'000) trap();
  }
#endif
}

}  // namespace assay::device
