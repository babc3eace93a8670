// Seeded inputs: element i of an array is a function of (seed, array, i) alone.
//
// Any thread may therefore make any part, and every platform makes the same bits: the generator is
// Philox 4x32-10 (counter based), and normal deviates use only +, -, *, / and sqrt in fp64, which
// IEEE 754 rounds alike everywhere.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "harness/core/dtype.h"

namespace assay {

/// Names of the patterns, as a measurement records them.
inline constexpr const char* kPatternNormal = "normal";    // for timing
inline constexpr const char* kPatternInteger = "integer";  // for exact checks; never timed

/// Which array is filled: operand 0 is A (or the first source), 1 is B, and so on.
struct InputArray {
  std::uint64_t seed = 0;
  std::uint32_t operand = 0;
  std::uint32_t set = 0;
};

/// One block of Philox 4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as
/// 1, 2, 3", SC 2011).
std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter,
                                    std::array<std::uint32_t, 2> key);

/// Standard normal deviates, never zero, |x| < 6.3; `out[0]` is element `first` of the array.
void fill_normal(std::span<float> out, InputArray array, std::uint64_t first = 0);

/// Integers of magnitude 1 to `limit` (a power of two), either sign, never zero.
void fill_integer(std::span<float> out, InputArray array, int limit, std::uint64_t first = 0);

/// A deviate as an element of the type: the nearest value, for int8 in steps of 1/20, so that the
/// sums of usual products stay below 2^24, where an f32 holds them exactly.
float rounded_input(Dtype dtype, float deviate);

/// 64 random bits, for choices that must repeat: which rows are checked, which columns are kept.
std::uint64_t random_bits(InputArray array, std::uint64_t index);

}  // namespace assay
