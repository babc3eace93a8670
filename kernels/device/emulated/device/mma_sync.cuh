// mma.sync, emulated.
#pragma once

#include <cstdint>
#include <source_location>
#include <type_traits>

#include "kernels/device/element.h"
#include "kernels/emulator/warp_matrix.h"

namespace assay::device {

/// How the emulator names an element type.
template <typename T>
constexpr emulator::Format mma_format() {
  if constexpr (std::is_same_v<T, Bf16>) {
    return emulator::Format::kBf16;
  } else if constexpr (std::is_same_v<T, F16>) {
    return emulator::Format::kF16;
  } else if constexpr (std::is_same_v<T, Tf32>) {
    return emulator::Format::kTf32;
  } else if constexpr (std::is_same_v<T, E4m3>) {
    return emulator::Format::kE4m3;
  } else if constexpr (std::is_same_v<T, E5m2>) {
    return emulator::Format::kE5m2;
  } else {
    static_assert(std::is_same_v<T, std::int8_t>, "mma.sync has no such element type here");
    return emulator::Format::kS8;
  }
}

template <typename A, typename B = A>
void mma_sync(float (&d)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[2],
              const float (&c)[4], std::source_location where = std::source_location::current()) {
  static_assert(std::is_same_v<A, B> || (sizeof(A) == 1 && sizeof(B) == 1));
  static_assert(!std::is_same_v<A, std::int8_t> && !std::is_same_v<B, std::int8_t>);
  emulator::MmaLane lane{.a = a, .b = b, .c = c, .d = d};
  emulator::mma_sync(lane, mma_format<A>(), mma_format<B>(), {"mma.sync", where});
}

template <typename A>
void mma_sync(std::int32_t (&d)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[2],
              const std::int32_t (&c)[4],
              std::source_location where = std::source_location::current()) {
  static_assert(std::is_same_v<A, std::int8_t>, "int32 accumulates int8");
  emulator::MmaLane lane{.a = a, .b = b, .int_c = c, .int_d = d};
  emulator::mma_sync(lane, emulator::Format::kS8, emulator::Format::kS8, {"mma.sync", where});
}

}  // namespace assay::device
