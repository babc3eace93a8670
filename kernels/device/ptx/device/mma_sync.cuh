// mma.sync: a warp's matrix product of 16x8 outputs from registers.
#pragma once

#include <cstdint>

#include "kernels/device/element.h"

namespace assay::device {

/// How PTX names the shape and the types of a product.
template <typename A, typename B>
struct MmaName;
template <>
struct MmaName<Bf16, Bf16> {
  static constexpr const char kName[] = "m16n8k16.row.col.f32.bf16.bf16.f32";
};
template <>
struct MmaName<F16, F16> {
  static constexpr const char kName[] = "m16n8k16.row.col.f32.f16.f16.f32";
};
template <>
struct MmaName<Tf32, Tf32> {
  static constexpr const char kName[] = "m16n8k8.row.col.f32.tf32.tf32.f32";
};
template <>
struct MmaName<E4m3, E4m3> {
  static constexpr const char kName[] = "m16n8k32.row.col.f32.e4m3.e4m3.f32";
};
template <>
struct MmaName<E4m3, E5m2> {
  static constexpr const char kName[] = "m16n8k32.row.col.f32.e4m3.e5m2.f32";
};
template <>
struct MmaName<E5m2, E4m3> {
  static constexpr const char kName[] = "m16n8k32.row.col.f32.e5m2.e4m3.f32";
};
template <>
struct MmaName<E5m2, E5m2> {
  static constexpr const char kName[] = "m16n8k32.row.col.f32.e5m2.e5m2.f32";
};

/// d = a b + c, m16n8kK with 32 bytes of K; fragments as in fragment.h. Bf16, F16: k16; Tf32: k8;
/// E4m3, E5m2 in any pairing (from sm_89): k32; all into float.
template <typename A, typename B = A>
__device__ __forceinline__ void mma_sync(float (&d)[4], const std::uint32_t (&a)[4],
                                         const std::uint32_t (&b)[2], const float (&c)[4]) {
  asm volatile(
      "mma.sync.aligned.%14 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%10, %11, %12, %13};"
      : "=f"(d[0]), "=f"(d[1]), "=f"(d[2]), "=f"(d[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]), "f"(c[0]), "f"(c[1]),
        "f"(c[2]), "f"(c[3]), "C"(MmaName<A, B>::kName));
}

/// std::int8_t: k32 into std::int32_t, wrapping around.
template <typename A>
__device__ __forceinline__ void mma_sync(std::int32_t (&d)[4], const std::uint32_t (&a)[4],
                                         const std::uint32_t (&b)[2], const std::int32_t (&c)[4]) {
  static_assert(sizeof(A) == 1 && static_cast<A>(-1) < A{0}, "int32 accumulates int8");
  asm volatile(
      "mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, "
      "{%8, %9}, {%10, %11, %12, %13};"
      : "=r"(d[0]), "=r"(d[1]), "=r"(d[2]), "=r"(d[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]), "r"(c[0]), "r"(c[1]),
        "r"(c[2]), "r"(c[3]));
}

}  // namespace assay::device
