// Where wgmma finds an element of an operand that a descriptor names: the canonical layouts.
#pragma once

#include <cstdint>

#include "kernels/device/descriptor.h"
#include "kernels/device/element.h"

namespace assay::device {

/// The shared-memory byte address of the element at `mn` (row of A, column of B) and `k`. The
/// swizzle permutes final addresses, which is why a start may advance inside a swizzled row.
///
/// K-major, by rows of MN: eight rows lie one span apart, further ones stride_bytes; without a
/// swizzle the second 16 bytes of K lie leading_bytes on.
/// MN-major (16-bit elements), by rows of K: eight rows lie one span apart, further ones
/// stride_bytes; a row's spans lie leading_bytes apart. Without a swizzle the two change places.
constexpr std::uint32_t operand_address(const MatrixDescriptor& descriptor, Major major,
                                        std::uint32_t element_size, std::uint32_t mn,
                                        std::uint32_t k) {
  const std::uint32_t span = swizzle_span(descriptor.swizzle);
  const std::uint32_t line = major == Major::kK ? mn : k;
  const std::uint32_t along = (major == Major::kK ? k : mn) * element_size;
  const bool exchanged = major == Major::kMn && descriptor.swizzle == Swizzle::kNone;
  const std::uint32_t lines_step = exchanged ? descriptor.leading_bytes : descriptor.stride_bytes;
  const std::uint32_t along_step = exchanged ? descriptor.stride_bytes : descriptor.leading_bytes;
  const std::uint32_t along_offset = major == Major::kK && descriptor.swizzle != Swizzle::kNone
                                         ? along
                                         : along / span * along_step + along % span;
  return swizzled(descriptor.swizzle,
                  descriptor.start + line % 8 * span + line / 8 * lines_step + along_offset);
}

}  // namespace assay::device
