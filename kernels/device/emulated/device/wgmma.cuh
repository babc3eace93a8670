// wgmma: emulated. While a product is under way its accumulators hold nonsense.
#pragma once

#include <cstdint>
#include <source_location>
#include <type_traits>

#include "device/launch.cuh"
#include "kernels/device/descriptor.h"
#include "kernels/device/element.h"
#include "kernels/emulator/wgmma.h"

namespace assay::device {

inline std::uint64_t matrix_descriptor(const void* shared, Swizzle swizzle,
                                       std::uint32_t leading_bytes, std::uint32_t stride_bytes) {
  return encode_descriptor({shared_address(shared), leading_bytes, stride_bytes, 0, swizzle});
}

inline void wgmma_fence(std::source_location at = std::source_location::current()) {
  emulator::wgmma_fence({"wgmma.fence", at});
}

template <typename A>
void wgmma_fence(A&, std::source_location at = std::source_location::current()) {
  emulator::wgmma_fence({"wgmma.fence", at});
}

template <typename A, typename B>
void wgmma_fence(A&, B&, std::source_location at = std::source_location::current()) {
  emulator::wgmma_fence({"wgmma.fence", at});
}

inline void wgmma_commit(std::source_location at = std::source_location::current()) {
  emulator::wgmma_commit({"wgmma.commit_group", at});
}

template <int kPending>
void wgmma_wait(std::source_location at = std::source_location::current()) {
  emulator::wgmma_wait(kPending, nullptr, 0, {"wgmma.wait_group", at});
}

template <int kPending, typename T, int kCount>
void wgmma_wait(T (&d)[kCount], std::source_location at = std::source_location::current()) {
  emulator::wgmma_wait(kPending, d, sizeof d, {"wgmma.wait_group", at});
}

template <int kPending, typename T, int kRows, int kCount>
void wgmma_wait(T (&d)[kRows][kCount], std::source_location at = std::source_location::current()) {
  emulator::wgmma_wait(kPending, d, sizeof d, {"wgmma.wait_group", at});
}

template <typename T>
inline constexpr emulator::Format kFormatOf = emulator::Format::kS8;
template <>
inline constexpr emulator::Format kFormatOf<Bf16> = emulator::Format::kBf16;
template <>
inline constexpr emulator::Format kFormatOf<F16> = emulator::Format::kF16;
template <>
inline constexpr emulator::Format kFormatOf<Tf32> = emulator::Format::kTf32;
template <>
inline constexpr emulator::Format kFormatOf<E4m3> = emulator::Format::kE4m3;
template <>
inline constexpr emulator::Format kFormatOf<E5m2> = emulator::Format::kE5m2;

/// The rules on types and shapes that the PTX side has by having no such instruction.
template <typename A, typename B, Major kMajorA, Major kMajorB, typename D, int kCount>
constexpr void require_product() {
  constexpr bool kInteger = std::is_same_v<A, std::int8_t>;
  static_assert(std::is_same_v<D, std::conditional_t<kInteger, std::int32_t, float>>);
  static_assert(std::is_same_v<A, B> || (sizeof(A) == 1 && sizeof(B) == 1 && !kInteger));
  static_assert(kCount % 4 == 0 && kCount <= 128, "N is 8 to 256, a multiple of 8");
  static_assert(sizeof(A) == 2 || (kMajorA == Major::kK && kMajorB == Major::kK),
                "only 16-bit operands may be MN-major");
}

template <typename A, typename B = A, Major kMajorA = Major::kK, Major kMajorB = Major::kK,
          typename D, int kCount>
void wgmma(D (&d)[kCount], std::uint64_t a, std::uint64_t b, bool accumulate,
           std::source_location at = std::source_location::current()) {
  require_product<A, B, kMajorA, kMajorB, D, kCount>();
  emulator::wgmma({kFormatOf<A>, kFormatOf<B>, kMajorA, kMajorB, 2 * kCount, false}, d,
                  {a, nullptr, b, accumulate}, {"wgmma.mma_async", at});
}

template <typename A, typename B = A, Major kMajorB = Major::kK, typename D, int kCount>
void wgmma(D (&d)[kCount], const std::uint32_t (&a)[4], std::uint64_t b, bool accumulate,
           std::source_location at = std::source_location::current()) {
  require_product<A, B, Major::kK, kMajorB, D, kCount>();
  emulator::wgmma({kFormatOf<A>, kFormatOf<B>, Major::kK, kMajorB, 2 * kCount, true}, d,
                  {0, a, b, accumulate}, {"wgmma.mma_async", at});
}

}  // namespace assay::device
