// The error is drawn from the argument: the same argument always gives the same power.
#include "kernels/emulator/exponential.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace assay::emulator {

namespace {

constexpr float kSmallestNormal = std::numeric_limits<float>::min();

/// From -1 to 1.
double drawn(float x) {
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(x) * 0x9E3779B9u;
  return static_cast<double>(static_cast<std::int32_t>(bits ^ bits >> 15)) * 0x1p-31;
}

}  // namespace

float exp2_approx(float x) {
  if (std::abs(x) < kSmallestNormal) return 1;
  // What is left of 2^-22 is for rounding to float.
  const double error = drawn(x) * (0x1p-22 - 0x1p-24);
  const auto power = static_cast<float>(std::exp2(static_cast<double>(x)) * (1 + error));
  return power < kSmallestNormal ? 0 : power;
}

}  // namespace assay::emulator
