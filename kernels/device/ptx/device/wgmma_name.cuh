// How PTX names wgmma's types and the operands that follow the accumulators.
#pragma once

#include <cstdint>

#include "kernels/device/element.h"

namespace assay::device {

/// K, the accumulators' type and the operands' types, as they stand behind m64nN.
template <typename A, typename B>
struct WgmmaName;
template <>
struct WgmmaName<Bf16, Bf16> {
  static constexpr const char kName[] = "k16.f32.bf16.bf16";
};
template <>
struct WgmmaName<F16, F16> {
  static constexpr const char kName[] = "k16.f32.f16.f16";
};
template <>
struct WgmmaName<Tf32, Tf32> {
  static constexpr const char kName[] = "k8.f32.tf32.tf32";
};
template <>
struct WgmmaName<E4m3, E4m3> {
  static constexpr const char kName[] = "k32.f32.e4m3.e4m3";
};
template <>
struct WgmmaName<E4m3, E5m2> {
  static constexpr const char kName[] = "k32.f32.e4m3.e5m2";
};
template <>
struct WgmmaName<E5m2, E4m3> {
  static constexpr const char kName[] = "k32.f32.e5m2.e4m3";
};
template <>
struct WgmmaName<E5m2, E5m2> {
  static constexpr const char kName[] = "k32.f32.e5m2.e5m2";
};
template <>
struct WgmmaName<std::int8_t, std::int8_t> {
  static constexpr const char kName[] = "k32.s32.s8.s8";
};

/// Signs of the operands (both +1, int8 has none), then the transposes that 16-bit types have: of A
/// if it lies in shared memory, and of B.
template <typename A, Major... kMajors>
struct WgmmaTail {
  static_assert(((kMajors == Major::kK) && ...), "only 16-bit operands may be MN-major");
  static constexpr const char kName[] = ", 1, 1";
};
template <Major... kMajors>
struct WgmmaTail<std::int8_t, kMajors...> {
  static_assert(((kMajors == Major::kK) && ...), "only 16-bit operands may be MN-major");
  static constexpr const char kName[] = "";
};

template <Major... kMajors>
struct TransposeTail;
template <>
struct TransposeTail<Major::kK> {
  static constexpr const char kName[] = ", 1, 1, 0";
};
template <>
struct TransposeTail<Major::kMn> {
  static constexpr const char kName[] = ", 1, 1, 1";
};
template <>
struct TransposeTail<Major::kK, Major::kK> {
  static constexpr const char kName[] = ", 1, 1, 0, 0";
};
template <>
struct TransposeTail<Major::kK, Major::kMn> {
  static constexpr const char kName[] = ", 1, 1, 0, 1";
};
template <>
struct TransposeTail<Major::kMn, Major::kK> {
  static constexpr const char kName[] = ", 1, 1, 1, 0";
};
template <>
struct TransposeTail<Major::kMn, Major::kMn> {
  static constexpr const char kName[] = ", 1, 1, 1, 1";
};
template <Major... kMajors>
struct WgmmaTail<Bf16, kMajors...> : TransposeTail<kMajors...> {};
template <Major... kMajors>
struct WgmmaTail<F16, kMajors...> : TransposeTail<kMajors...> {};

}  // namespace assay::device
