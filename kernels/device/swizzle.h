// The shared-memory swizzles of TMA and wgmma: which 16 bytes of a row land where.
#pragma once

#include <cstdint>

namespace assay::device {

/// How many bytes of a row are permuted among themselves.
enum class Swizzle { kNone, k32, k64, k128 };

/// The bytes of one swizzled row: the span within which 16-byte pieces move. 16 without swizzle.
constexpr std::uint32_t swizzle_span(Swizzle swizzle) {
  switch (swizzle) {
    case Swizzle::k32:
      return 32;
    case Swizzle::k64:
      return 64;
    case Swizzle::k128:
      return 128;
    case Swizzle::kNone:
      break;
  }
  return 16;
}

/// Where a pattern begins again, and so the alignment of what is swizzled: eight rows.
constexpr std::uint32_t swizzle_period(Swizzle swizzle) { return 8 * swizzle_span(swizzle); }

/// The byte that holds what would be at byte address `address` without swizzle. Its own inverse.
/// Bits 6-4 are xored with bits 9-7 (64 bytes: bits 5-4 with 8-7; 32 bytes: bit 4 with 7).
constexpr std::uint32_t swizzled(Swizzle swizzle, std::uint32_t address) {
  switch (swizzle) {
    case Swizzle::k32:
      return address ^ ((address >> 3) & 0x10);
    case Swizzle::k64:
      return address ^ ((address >> 3) & 0x30);
    case Swizzle::k128:
      return address ^ ((address >> 3) & 0x70);
    case Swizzle::kNone:
      break;
  }
  return address;
}

}  // namespace assay::device
