// Seeded inputs: element i of an array is a function of (seed, array, i) alone.
//
// Any thread may therefore make any part, and every platform makes the same bits: the generator is
// Philox 4x32-10 (counter based), and normal deviates use only +, -, *, / and sqrt in fp64, which
// IEEE 754 rounds alike everywhere.
#pragma once

#include <cstdint>
#include <span>

#include "harness/core/dtype.h"
#include "kernels/input_words.h"

namespace assay {

/// Standard normal deviates, never zero, |x| < 6.3; `out[0]` is element `first` of the array.
void fill_normal(std::span<float> out, InputArray array, std::uint64_t first = 0);

/// Integers of magnitude 1 to `limit` (a power of two), either sign, never zero.
void fill_integer(std::span<float> out, InputArray array, int limit, std::uint64_t first = 0);

/// A deviate as an element of the type: the nearest value, for int8 in steps of 1/20, so that the
/// sums of usual products stay below 2^24, where an f32 holds them exactly.
float rounded_input(Dtype dtype, float deviate);

}  // namespace assay
