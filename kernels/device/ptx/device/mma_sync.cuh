// mma.sync: a warp's matrix product of 16x8 outputs from registers.
#pragma once

#include <cstdint>

#include "kernels/device/element.h"

namespace assay::device {

/// d = a b + c, m16n8kK with 32 bytes of K; fragments as in mma_layout.h. Bf16, F16: k16; Tf32: k8;
/// E4m3, E5m2 in any pairing (sm_89): k32; all into float; std::int8_t: k32 into std::int32_t.
template <typename A, typename B = A, typename D>
__device__ __forceinline__ void mma_sync(D (&d)[4], const std::uint32_t (&a)[4],
                                         const std::uint32_t (&b)[2], const D (&c)[4]);

}  // namespace assay::device
