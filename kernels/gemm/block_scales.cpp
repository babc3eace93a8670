// Draws the scales of block-scaled products and multiplies them into values.
#include "kernels/gemm/operands.h"
#include "kernels/inputs.h"

namespace assay {
namespace {

constexpr std::uint32_t kScalesA = 7, kScalesB = 8;  // operand numbers of the generator

std::int64_t blocks(std::int64_t count, std::int64_t each) { return (count + each - 1) / each; }

std::vector<float> drawn_scales(std::int64_t count, std::uint64_t seed, std::uint32_t operand) {
  std::vector<float> scales(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < scales.size(); ++i) {
    scales[i] = random_bits({seed, operand, 0}, i) % 2 == 0 ? 1.0F : 2.0F;
  }
  return scales;
}

}  // namespace

BlockScales BlockScales::drawn(const GemmShape& shape, std::uint64_t seed, ScaledBlock block) {
  const std::int64_t of_k = blocks(shape.k, block.k);
  return {drawn_scales(of_k * shape.rows(), seed, kScalesA),
          drawn_scales(shape.matrices() * blocks(shape.n, block.columns) * of_k, seed, kScalesB),
          block};
}

void BlockScales::apply(const GemmShape& shape, std::vector<float>& a_values,
                        std::vector<float>& b_values) const {
  for (std::int64_t i = 0; i < shape.rows(); ++i) {
    for (std::int64_t k = 0; k < shape.k; ++k) {
      a_values[static_cast<std::size_t>(i * shape.k + k)] *=
          a[static_cast<std::size_t>(k / block.k * shape.rows() + i)];
    }
  }
  const std::int64_t of_k = blocks(shape.k, block.k), of_n = blocks(shape.n, block.columns);
  for (std::int64_t line = 0; line < shape.matrices() * shape.k; ++line) {
    const std::int64_t matrix = line / shape.k, k = line % shape.k;
    for (std::int64_t j = 0; j < shape.n; ++j) {
      b_values[static_cast<std::size_t>(line * shape.n + j)] *=
          b[static_cast<std::size_t>((matrix * of_n + j / block.columns) * of_k + k / block.k)];
    }
  }
}

}  // namespace assay
