// Matrix products of small integers by plain loops: what a kernel must give bit for bit. In a unit
// of its own, which is not instrumented.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "kernels/device/element.h"

namespace assay::emulator {

/// Integers from -2 to 2.
void fill_integers(std::span<device::Bf16> values, std::uint64_t seed);

/// Where C differs from A B^T rounded to bf16, in words; empty when nowhere.
std::string difference_to_product(std::span<const device::Bf16> a, std::span<const device::Bf16> b,
                                  std::span<const device::Bf16> c, int m, int n, int k);

}  // namespace assay::emulator
