// Repeating elements with which memory of any size is filled and compared.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace assay {

/// Element i of the pattern is element i % elements() of the period, bit for bit.
class ElementPattern {
 public:
  /// `period` holds one or more whole elements of `width` bytes (1, 2 or 4). Throws Error for
  /// anything else.
  ElementPattern(std::size_t width, std::vector<std::byte> period);

  std::size_t width() const { return width_; }                      // bytes of an element
  std::size_t elements() const { return period_.size() / width_; }  // of a period
  const std::vector<std::byte>& period() const { return period_; }  // its bytes
  /// The element at `index`, in the low `width()` bytes of a little-endian word.
  std::uint32_t bits(std::uint64_t index) const;

  /// Writes `count` elements to host memory, starting with the period's first.
  void write(std::byte* out, std::size_t count) const;
  /// The first of `count` elements in host memory that differs from the pattern.
  std::optional<std::size_t> first_mismatch(const std::byte* in, std::size_t count) const;

 private:
  std::size_t width_;
  std::vector<std::byte> period_;
};

}  // namespace assay
