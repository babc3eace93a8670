// Fences: emulated. Plain memory is sequentially consistent here; what a fence is needed for is
// judged by clocks.
#pragma once

#include <source_location>

#include "kernels/emulator/atomics.h"
#include "kernels/emulator/mbarrier.h"

namespace assay::device {

inline void fence_mbarrier_init(std::source_location at = std::source_location::current()) {
  emulator::fence_mbarrier_init({"fence.mbarrier_init", at});
}

inline void fence_proxy_async_shared(std::source_location at = std::source_location::current()) {
  emulator::fence_proxy_async({"fence.proxy.async.shared::cta", at});
}

inline void fence_proxy_async_global(std::source_location at = std::source_location::current()) {
  emulator::fence_proxy_async({"fence.proxy.async.global", at});
}

inline void threadfence_block(std::source_location at = std::source_location::current()) {
  emulator::fence_threads({"fence.acq_rel.cta", at});
}

inline void threadfence(std::source_location at = std::source_location::current()) {
  emulator::fence_threads({"fence.acq_rel.gpu", at});
}

}  // namespace assay::device
