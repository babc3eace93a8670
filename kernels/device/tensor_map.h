// What a TMA tensor map describes, and the rules that cuTensorMapEncodeTiled puts on it.
#pragma once

#include <array>
#include <cstdint>

#include "kernels/device/swizzle.h"

namespace assay::device {

enum class TensorElement { kU8, kU16, kU32, kS32, kF16, kF32, kBf16 };

constexpr std::uint32_t element_bytes(TensorElement element) {
  switch (element) {
    case TensorElement::kU8:
      return 1;
    case TensorElement::kU16:
    case TensorElement::kF16:
    case TensorElement::kBf16:
      return 2;
    case TensorElement::kU32:
    case TensorElement::kS32:
    case TensorElement::kF32:
      break;
  }
  return 4;
}

/// A tensor of 1 to 5 dimensions in global memory and the box that one copy moves; innermost first.
struct TensorMapSpec {
  TensorElement element = TensorElement::kBf16;
  int rank = 2;
  const void* address = nullptr;
  std::array<std::uint64_t, 5> size{};          ///< in elements
  std::array<std::uint64_t, 4> stride_bytes{};  ///< of dimensions 1 to rank-1
  std::array<std::uint32_t, 5> box{};           ///< in elements
  Swizzle swizzle = Swizzle::kNone;
};

/// The first rule that the map breaks, in words; nullptr when it breaks none.
constexpr const char* tensor_map_fault(const TensorMapSpec& map) {
  constexpr std::uint64_t kMaxSize = 1ull << 32;
  constexpr std::uint64_t kMaxStride = 1ull << 40;
  if (map.rank < 1 || map.rank > 5) return "a tensor map has 1 to 5 dimensions";
  for (int i = 0; i < map.rank; ++i) {
    if (map.size[i] == 0) return "a dimension is empty";
    if (map.size[i] > kMaxSize) return "a dimension is larger than 2^32";
    if (map.box[i] == 0) return "the box is empty";
    if (map.box[i] > 256) return "the box is larger than 256 in a dimension";
  }
  for (int i = 0; i + 1 < map.rank; ++i) {
    if (map.stride_bytes[i] % 16 != 0) return "a stride is not a multiple of 16 bytes";
    if (map.stride_bytes[i] >= kMaxStride) return "a stride is 2^40 bytes or more";
  }
  const std::uint32_t inner_bytes = map.box[0] * element_bytes(map.element);
  if (inner_bytes % 16 != 0) return "the box's inner bytes are not a multiple of 16";
  if (map.swizzle != Swizzle::kNone && inner_bytes > swizzle_span(map.swizzle)) {
    return "the box's inner bytes are more than the swizzle spans";
  }
  return nullptr;
}

/// The rules on addresses, which constant expressions cannot ask about.
inline const char* tensor_map_address_fault(const TensorMapSpec& map) {
  if (map.address == nullptr) return "the tensor has no address";
  if (reinterpret_cast<std::uintptr_t>(map.address) % 16 != 0) {
    return "the tensor's address is not a multiple of 16";
  }
  return nullptr;
}

}  // namespace assay::device
