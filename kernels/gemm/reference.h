// The reference of a GEMM: fp64 rows from the same rounded inputs, and exact integer products.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kernels/gemm/exact_values.h"
#include "kernels/gemm/operands.h"
#include "kernels/inputs.h"

namespace assay {

/// One row of A B in fp64, and the sums of |a||b| that its bound needs.
struct ReferenceRow {
  std::int64_t row = 0;
  std::vector<double> value, magnitude;
};
ReferenceRow reference_row(GemmShape shape, std::span<const float> a, std::span<const float> b,
                           std::int64_t row);

/// Multiply-adds of the reference that a check spends on rows.
inline constexpr double kReferenceBudget = 1.5e8;
/// All rows if they fit `budget`, else as many as fit, at least 2.
std::int64_t sampled_row_count(GemmShape shape, double budget = kReferenceBudget);
/// First row, last row and seeded others, so many.
std::vector<std::int64_t> sampled_rows(GemmShape shape, std::uint64_t seed,
                                       double budget = kReferenceBudget);

/// Integer A for exact checks: entries of magnitude 1 to 4, so few in a row that with B's of the
/// same size no sum exceeds `limit`, the largest integer up to which the output is exact.
std::vector<float> exact_a(GemmShape shape, std::uint64_t seed, std::int64_t limit);
std::vector<float> exact_b(GemmShape shape, std::uint64_t seed);
/// Integer C before a product that adds to it.
std::vector<float> exact_c(GemmShape shape, std::uint64_t seed);

/// The random odd words of a projection.
std::vector<std::uint64_t> projection_words(std::int64_t n, std::uint64_t seed);

/// Compares every element of an integer product with the exact answer, bit for bit, in
/// O(MN + MK + KN): C x and A (B x) modulo 2^64 for a random vector x of odd words. A single wrong
/// element in a row cannot pass (an odd word is no zero divisor); several pass with probability
/// below 2^-38. Returns a line that names the first wrong element, or nothing.
std::optional<std::string> first_exact_difference(GemmShape shape, std::span<const float> a,
                                                  std::span<const float> b,
                                                  std::span<const float> c, std::uint64_t seed);

}  // namespace assay
