// Hopper's 64-bit shared-memory matrix descriptor: how wgmma finds an operand.
#pragma once

#include <cstdint>

#include "kernels/device/swizzle.h"

namespace assay::device {

/// All in bytes; addresses and offsets are multiples of 16 and below 2^18.
struct MatrixDescriptor {
  std::uint32_t start = 0;
  /// K-major: ignored with a swizzle; without one, the step between the 16-byte columns of K.
  /// MN-major: the step between column groups of one swizzle span.
  std::uint32_t leading_bytes = 0;
  /// K-major: the step between groups of 8 rows. MN-major: between groups of 8 K.
  std::uint32_t stride_bytes = 0;
  /// (start of the pattern >> 7) & 7 where the pattern is not aligned to its period, else 0.
  std::uint32_t base_offset = 0;
  Swizzle swizzle = Swizzle::kNone;

  friend constexpr bool operator==(const MatrixDescriptor&, const MatrixDescriptor&) = default;
};

constexpr std::uint64_t encode_descriptor(const MatrixDescriptor& descriptor) {
  constexpr std::uint64_t kSwizzleCode[] = {0, 3, 2, 1};  // none, 32, 64, 128 bytes
  const auto field = [](std::uint32_t bytes) { return std::uint64_t{(bytes & 0x3FFFF) >> 4}; };
  return field(descriptor.start) | field(descriptor.leading_bytes) << 16 |
         field(descriptor.stride_bytes) << 32 | std::uint64_t{descriptor.base_offset & 7} << 49 |
         kSwizzleCode[static_cast<int>(descriptor.swizzle)] << 62;
}

constexpr MatrixDescriptor decode_descriptor(std::uint64_t bits) {
  constexpr Swizzle kSwizzle[] = {Swizzle::kNone, Swizzle::k128, Swizzle::k64, Swizzle::k32};
  const auto bytes = [](std::uint64_t field) {
    return static_cast<std::uint32_t>(field & 0x3FFF) << 4;
  };
  return {bytes(bits), bytes(bits >> 16), bytes(bits >> 32),
          static_cast<std::uint32_t>(bits >> 49 & 7), kSwizzle[bits >> 62]};
}

/// Why wgmma would read nonsense by these bits; nullptr when they are well formed.
constexpr const char* descriptor_fault(std::uint64_t bits) {
  constexpr std::uint64_t kReserved =
      0xC000ull | 0xC000ull << 16 | 0xC000ull << 32 | 1ull << 48 | 0x3FFull << 52;
  return (bits & kReserved) != 0 ? "reserved bits of the matrix descriptor are set" : nullptr;
}

/// The descriptor of the operand `bytes` further on, as when K advances inside a swizzled row.
constexpr std::uint64_t advanced(std::uint64_t descriptor, std::uint32_t bytes) {
  return descriptor + (bytes >> 4);
}

}  // namespace assay::device
