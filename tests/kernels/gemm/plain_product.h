// A product by plain loops over what is stored, with what a kernel can get wrong about it.
#pragma once

#include <cstring>
#include <functional>

#include "harness/core/dtype.h"
#include "kernels/gemm/operands.h"

namespace assay::test {

/// C = alpha A B + beta C as a kernel might compute it.
struct Plain {
  static constexpr std::uint64_t kSeed = 11;

  GemmShape shape;
  GemmTypes types = {};
  float alpha = 1, beta = 0;
  const BlockScales* scales = nullptr;
  /// The matrix of B that a row takes where it should take another.
  std::function<std::int64_t(std::int64_t row, std::int64_t right)> matrix_of =
      [](std::int64_t, std::int64_t right) { return right; };

  /// A's scale times B's.
  float factor(std::int64_t row, std::int64_t matrix, std::int64_t j, std::int64_t k) const {
    if (!scales) return 1;
    const auto blocks = [](std::int64_t count, std::int64_t each) {
      return (count + each - 1) / each;
    };
    const ScaledBlock& block = scales->block;
    const std::int64_t of_n = blocks(shape.n, block.columns), of_k = blocks(shape.k, block.k);
    return scales->a[static_cast<std::size_t>(k / block.k * shape.rows() + row)] *
           scales->b[static_cast<std::size_t>((matrix * of_n + j / block.columns) * of_k +
                                              k / block.k)];
  }
};

inline void plain_product(const Plain& plain, const GemmPointers& p) {
  const GemmShape& s = plain.shape;
  const auto read = [&](Dtype type, const void* from, std::int64_t count) {
    return decode(type, {static_cast<const std::byte*>(from),
                         stored_bytes(type, static_cast<std::size_t>(count))});
  };
  const auto a = read(plain.types.storage, p.a, s.rows() * s.k);
  const auto b = read(plain.types.storage, p.b, s.matrices() * s.k * s.n);
  auto c = read(plain.types.output, p.c, s.rows() * s.n);
  const auto parts = parts_of(s, Plain::kSeed);
  for (std::int64_t row = 0; row < s.rows(); ++row) {
    const std::int64_t matrix = plain.matrix_of(row, part_of_row(parts, row).matrix);
    for (std::int64_t j = 0; j < s.n; ++j) {
      float sum = 0;
      for (std::int64_t k = 0; k < s.k; ++k) {
        const std::int64_t first = row / s.m * s.m;  // of the row's matrix of A
        const std::int64_t of_a =
            plain.types.a_by_columns ? first * s.k + k * s.m + row % s.m : row * s.k + k;
        const std::int64_t of_b =
            matrix * s.k * s.n + (plain.types.b_by_columns ? j * s.k + k : k * s.n + j);
        sum += a[static_cast<std::size_t>(of_a)] * b[static_cast<std::size_t>(of_b)] *
               plain.factor(row, matrix, j, k);
      }
      float& to = c[static_cast<std::size_t>(row * s.n + j)];
      to = plain.beta == 0 ? plain.alpha * sum : plain.alpha * sum + plain.beta * to;
    }
  }
  const auto bytes = encode(plain.types.output, c);
  std::memcpy(p.c, bytes.data(), bytes.size());
}

}  // namespace assay::test
