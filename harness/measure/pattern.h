// Elements that repeat: what memory of any size is filled with and compared to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace assay {

/// Element i of what repeats is element i % elements() of the period, bit for bit.
class ElementPattern {
 public:
  /// `period`: the bytes of at least one element of `width` bytes (1, 2 or 4), whole ones. Throws
  /// Error where it is anything else.
  ElementPattern(std::size_t width, std::vector<std::byte> period);

  std::size_t width() const { return width_; }                      // bytes of an element
  std::size_t elements() const { return period_.size() / width_; }  // of a period
  const std::vector<std::byte>& period() const { return period_; }  // its bytes
  /// The `width()` bytes that belong at `index`, in the low ones of a little-endian word.
  std::uint32_t bits(std::uint64_t index) const;

  /// Writes `count` elements of it to host memory, from the period's first on.
  void write(std::byte* out, std::size_t count) const;
  /// The first of `count` elements in host memory that is not the pattern's.
  std::optional<std::size_t> first_mismatch(const std::byte* in, std::size_t count) const;

 private:
  std::size_t width_;
  std::vector<std::byte> period_;
};

}  // namespace assay
