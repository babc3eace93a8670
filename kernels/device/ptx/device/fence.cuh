// Fences: between threads, between the generic and the asynchronous proxy, after mbarrier_init.
#pragma once

namespace assay::device {

/// Makes barriers just initialised visible to the cluster and to the asynchronous proxy.
__device__ __forceinline__ void fence_mbarrier_init() {
  asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory");
}

/// Generic accesses of shared memory before it, asynchronous ones (TMA, wgmma) after it.
__device__ __forceinline__ void fence_proxy_async_shared() {
  asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
}

/// The same for global memory.
__device__ __forceinline__ void fence_proxy_async_global() {
  asm volatile("fence.proxy.async.global;" ::: "memory");
}

/// fence.acq_rel at block and at GPU scope.
__device__ __forceinline__ void threadfence_block() { __threadfence_block(); }
__device__ __forceinline__ void threadfence() { __threadfence(); }

}  // namespace assay::device
