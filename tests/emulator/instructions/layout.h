// The manual's pictures of shared memory, for the tests to be right by: no address arithmetic of
// kernels/device is used here.
#pragma once

#include <cstddef>

#include "kernels/device/swizzle.h"

namespace assay::device {

/// How many bytes one line of the picture has.
inline std::size_t line_bytes(Swizzle swizzle) {
  constexpr std::size_t kBytes[] = {16, 32, 64, 128};
  return kBytes[static_cast<int>(swizzle)];
}

/// Where the byte `along` a line lands: 16-byte piece p of line l goes to p xor l (128 bytes),
/// p xor l/2 (64) or p xor l/4 (32); lines follow one another.
inline std::size_t picture_place(Swizzle swizzle, std::size_t line, std::size_t along) {
  const std::size_t bytes = line_bytes(swizzle);
  std::size_t piece = along / 16;
  if (swizzle == Swizzle::k128) piece ^= line % 8;
  if (swizzle == Swizzle::k64) piece ^= line / 2 % 4;
  if (swizzle == Swizzle::k32) piece ^= line / 4 % 2;
  return line * bytes + piece * 16 + along % 16;
}

/// The same for a byte of a tile that counts through its lines.
inline std::size_t picture_place(Swizzle swizzle, std::size_t byte) {
  if (swizzle == Swizzle::kNone) return byte;
  return picture_place(swizzle, byte / line_bytes(swizzle), byte % line_bytes(swizzle));
}

}  // namespace assay::device
