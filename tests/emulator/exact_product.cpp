// The reference of the ladder's product.
#include "tests/emulator/exact_product.h"

#include <fmt/format.h>

#include <vector>

#include "kernels/device/formats.h"
#include "kernels/emulator/schedule.h"

namespace assay::emulator {

namespace {

std::vector<float> to_floats(std::span<const device::Bf16> values) {
  std::vector<float> floats;
  floats.reserve(values.size());
  for (const device::Bf16 value : values) floats.push_back(device::to_float(value));
  return floats;
}

}  // namespace

void fill_integers(std::span<device::Bf16> values, std::uint64_t seed) {
  Random random(seed);
  for (device::Bf16& value : values) {
    value = device::to_bf16(static_cast<float>(random.below(5)) - 2.0f);
  }
}

std::string difference_to_product(std::span<const device::Bf16> a, std::span<const device::Bf16> b,
                                  std::span<const device::Bf16> c, int m, int n, int k) {
  const std::vector<float> rows = to_floats(a);
  const std::vector<float> columns = to_floats(b);
  const auto depth = static_cast<std::size_t>(k);
  for (std::size_t i = 0; i < static_cast<std::size_t>(m); ++i) {
    for (std::size_t j = 0; j < static_cast<std::size_t>(n); ++j) {
      float sum = 0;  // exact: integers far below 2^24
      for (std::size_t l = 0; l < depth; ++l) sum += rows[i * depth + l] * columns[j * depth + l];
      const device::Bf16 got = c[i * static_cast<std::size_t>(n) + j];
      if (got.bits != device::to_bf16(sum).bits) {
        return fmt::format("C[{}][{}] is {} and should be {}", i, j, device::to_float(got), sum);
      }
    }
  }
  return {};
}

}  // namespace assay::emulator
