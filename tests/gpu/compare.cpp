// Compares a GPU's outcome with the emulator's, bit for bit or within the rounding.
#include "tests/gpu/compare.h"

#include <cmath>
#include <cstdio>
#include <cstring>

#include "kernels/device/formats.h"

namespace assay::gpu {

namespace {

constexpr double kUnitBf16 = 0x1p-8;
constexpr double kUnitNearest = 0x1p-24;  // the emulator's f32 sums
constexpr double kUnitCut = 0x1p-23;      // the tensor core's, which may cut bits off

struct Element {
  std::uint32_t bits = 0;
  double value = 0;
};

Element element(std::span<const std::byte> array, std::size_t index, bool is_bf16) {
  if (is_bf16) {
    device::Bf16 stored{};
    std::memcpy(&stored.bits, array.data() + index * 2, 2);
    return {stored.bits, device::to_float(stored)};
  }
  float stored = 0;
  std::memcpy(&stored, array.data() + index * 4, 4);
  return {std::bit_cast<std::uint32_t>(stored), stored};
}

double gamma(int terms, double unit) {
  const double roundings = (terms + 1) * unit;
  return roundings / (1 - roundings);
}

double allowed(const LadderCase& one, std::size_t index) {
  const auto columns = static_cast<std::size_t>(one.shape.n);
  const auto depth = static_cast<std::size_t>(one.shape.k);
  double exact = 0;
  double magnitude = 0;
  for (std::size_t i = 0; i < depth; ++i) {
    const double term = element(one.a, index / columns * depth + i, true).value *
                        element(one.b, index % columns * depth + i, true).value;
    exact += term;
    magnitude += std::abs(term);
  }
  const double sums = gamma(one.shape.k, kUnitNearest) + gamma(one.shape.k, kUnitCut);
  return 2 * kUnitBf16 * std::abs(exact) + (1 + kUnitBf16) * sums * magnitude;
}

}  // namespace

bool is_exact(const LadderCase& one) { return !one.is_product() || one.data == kIntegers; }

std::optional<std::string> difference(const LadderCase& one, std::span<const std::byte> gpu) {
  if (gpu.size() != one.c.size()) return "the outcome has another size";
  const bool is_bf16 = one.dtype == "bf16";
  const std::size_t count = one.c.size() / one.element_bytes();
  std::string first;
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const Element ours = element(one.c, i, is_bf16);
    const Element theirs = element(gpu, i, is_bf16);
    if (ours.bits == theirs.bits) continue;
    const double bound = is_exact(one) ? 0 : allowed(one, i);
    // Written so that a NaN is wrong.
    if (!is_exact(one) && std::abs(ours.value - theirs.value) <= bound) continue;
    if (++wrong > 1) continue;
    char words[200];
    std::snprintf(
        words, sizeof words,
        "element %zu is %.9g (0x%x) on the GPU and %.9g (0x%x) in the emulator, %.3g apart "
        "at most",
        i, theirs.value, theirs.bits, ours.value, ours.bits, bound);
    first = words;
  }
  if (wrong == 0) return std::nullopt;
  return first + "; the first of " + std::to_string(wrong) + " of " + std::to_string(count);
}

}  // namespace assay::gpu
