// fp64 rows by plain loops; exact products by a random projection.
#include "kernels/gemm/reference.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "harness/measure/sign_of_life.h"
#include "kernels/verify.h"

namespace assay {
namespace {

constexpr std::uint32_t kProjection = 5, kRows = 6;  // operand numbers of the generator

std::uint64_t as_word(float integer) {
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(integer));
}

/// out[i] = sum over j of matrix[i, j] x[j] modulo 2^64.
std::vector<std::uint64_t> project(std::span<const float> matrix, std::int64_t rows,
                                   const std::vector<std::uint64_t>& x) {
  std::vector<std::uint64_t> out(static_cast<std::size_t>(rows), 0);
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (i % 1024 == 0) sign_of_life();
    const float* row = matrix.data() + i * x.size();
    for (std::size_t j = 0; j < x.size(); ++j) out[i] += as_word(row[j]) * x[j];
  }
  return out;
}

}  // namespace

ReferenceRow reference_row(GemmShape shape, std::span<const float> a, std::span<const float> b,
                           std::int64_t row) {
  const auto n = static_cast<std::size_t>(shape.n);
  ReferenceRow out{row, std::vector<double>(n, 0.0), std::vector<double>(n, 0.0)};
  sign_of_life();
  const float* a_row = a.data() + row * shape.k;
  for (std::int64_t k = 0; k < shape.k; ++k) {
    const double factor = a_row[k];
    const float* b_row = b.data() + k * shape.n;
    for (std::size_t j = 0; j < n; ++j) {
      const double product = factor * b_row[j];  // exact: two 24-bit significands in 53 bits
      out.value[j] += product;
      out.magnitude[j] += std::abs(product);
    }
  }
  return out;
}

std::int64_t sampled_row_count(GemmShape shape, double budget) {
  const double row_cost = static_cast<double>(shape.n) * static_cast<double>(shape.k);
  return std::min(shape.m, static_cast<std::int64_t>(std::max(2.0, budget / row_cost)));
}

std::vector<std::int64_t> sampled_rows(GemmShape shape, std::uint64_t seed, double budget) {
  const std::int64_t wanted = sampled_row_count(shape, budget);
  std::set<std::int64_t> rows;
  if (wanted >= shape.m) {
    for (std::int64_t row = 0; row < shape.m; ++row) rows.insert(row);
  } else {
    rows = {0, shape.m - 1};
    for (std::uint64_t draw = 0; static_cast<std::int64_t>(rows.size()) < wanted; ++draw) {
      rows.insert(static_cast<std::int64_t>(random_bits({seed, kRows, 0}, draw) %
                                            static_cast<std::uint64_t>(shape.m)));
    }
  }
  return {rows.begin(), rows.end()};
}

std::vector<float> exact_a(GemmShape shape, std::uint64_t seed, std::int64_t limit) {
  std::vector<float> a(static_cast<std::size_t>(shape.m * shape.k));
  fill_integer(a, {seed, kExactA, 0}, kExactMagnitude);
  const std::int64_t stride = kept_stride(shape.k, limit);
  if (stride == 1) return a;
  for (std::int64_t row = 0; row < shape.m; ++row) {
    if (row % 1024 == 0) sign_of_life();
    const std::int64_t phase = kept_phase(seed, row, stride);
    for (std::int64_t k = 0; k < shape.k; ++k) {
      if (k % stride != phase) a[static_cast<std::size_t>(row * shape.k + k)] = 0;
    }
  }
  return a;
}

std::vector<float> exact_b(GemmShape shape, std::uint64_t seed) {
  std::vector<float> b(static_cast<std::size_t>(shape.k * shape.n));
  fill_integer(b, {seed, kExactB, 0}, kExactMagnitude);
  return b;
}

std::vector<float> exact_c(GemmShape shape, std::uint64_t seed) {
  std::vector<float> c(static_cast<std::size_t>(shape.m * shape.n));
  for (std::size_t i = 0; i < c.size(); ++i) c[i] = exact_c_at(seed, i);
  return c;
}

std::vector<std::uint64_t> projection_words(std::int64_t n, std::uint64_t seed) {
  std::vector<std::uint64_t> x(static_cast<std::size_t>(n));
  for (std::size_t j = 0; j < x.size(); ++j) x[j] = random_bits({seed, kProjection, 0}, j) | 1;
  return x;
}

std::optional<std::string> first_exact_difference(GemmShape shape, std::span<const float> a,
                                                  std::span<const float> b,
                                                  std::span<const float> c, std::uint64_t seed) {
  for (std::size_t i = 0; i < c.size(); ++i) {
    // Also what makes the conversion to an integer below defined; NaN fails.
    if (!(std::abs(c[i]) <= 0x1p24F) || c[i] != std::trunc(c[i])) {
      const auto row = static_cast<std::int64_t>(i) / shape.n;
      const auto column = static_cast<std::int64_t>(i) % shape.n;
      const auto right = reference_row(shape, a, b, row);
      return wrong_element(row, column, c[i], right.value[static_cast<std::size_t>(column)]);
    }
  }
  const auto x = projection_words(shape.n, seed);
  const auto found = project(c, shape.m, x);
  const auto expected = project(a, shape.m, project(b, shape.k, x));
  const auto wrong = std::mismatch(found.begin(), found.end(), expected.begin()).first;
  if (wrong == found.end()) return std::nullopt;

  const auto row = wrong - found.begin();
  const auto right = reference_row(shape, a, b, row);  // integers below 2^24: exact
  for (std::int64_t j = 0; j < shape.n; ++j) {
    const float got = c[static_cast<std::size_t>(row * shape.n + j)];
    const double want = right.value[static_cast<std::size_t>(j)];
    if (got != want) return wrong_element(row, j, got, want);
  }
  return std::nullopt;  // unreachable: a row whose projection differs has an element that differs
}

}  // namespace assay
