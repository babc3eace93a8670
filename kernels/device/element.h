// The element types of the kernels' matrices: bits only; formats.h says what the bits mean.
#pragma once

#include <cstdint>

namespace assay::device {

struct Bf16 {
  std::uint16_t bits;
};
struct F16 {
  std::uint16_t bits;
};
/// A float of which a tensor core reads the upper 19 bits.
struct Tf32 {
  std::uint32_t bits;
};
struct E4m3 {
  std::uint8_t bits;
};
struct E5m2 {
  std::uint8_t bits;
};
/// The lower four bits; in memory two share a byte, the first in its lower half.
struct E2m1 {
  std::uint8_t bits;
};

/// Which index of an operand runs along contiguous memory: K, or the other one (M of A, N of B).
enum class Major { kK, kMn };

}  // namespace assay::device
