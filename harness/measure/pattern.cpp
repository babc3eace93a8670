// Fills by doubling what is there, and compares a period at a time.
#include "harness/measure/pattern.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "harness/core/error.h"

namespace assay {

ElementPattern::ElementPattern(std::size_t width, std::vector<std::byte> period)
    : width_(width), period_(std::move(period)) {
  if ((width != 1 && width != 2 && width != 4) || period_.empty() || period_.size() % width != 0)
    throw Error("a pattern is made of whole elements of 1, 2 or 4 bytes");
}

std::uint32_t ElementPattern::bits(std::uint64_t index) const {
  std::uint32_t bits = 0;
  std::memcpy(&bits, period_.data() + index % elements() * width_, width_);
  return bits;
}

void ElementPattern::write(std::byte* out, std::size_t count) const {
  const std::size_t bytes = count * width_;
  if (bytes == 0) return;
  std::size_t written = std::min(bytes, period_.size());
  std::memcpy(out, period_.data(), written);
  while (written < bytes) {
    const std::size_t more =
        std::min(written, bytes - written);  // a whole number of periods is there
    std::memcpy(out + written, out, more);
    written += more;
  }
}

std::optional<std::size_t> ElementPattern::first_mismatch(const std::byte* in,
                                                          std::size_t count) const {
  const std::size_t bytes = count * width_;
  for (std::size_t begin = 0; begin < bytes; begin += period_.size()) {
    const std::size_t length = std::min(period_.size(), bytes - begin);
    if (std::memcmp(in + begin, period_.data(), length) == 0) continue;
    const auto wrong = std::mismatch(in + begin, in + begin + length, period_.begin()).first;
    return static_cast<std::size_t>(wrong - in) / width_;
  }
  return std::nullopt;
}

}  // namespace assay
