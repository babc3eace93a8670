// Draws the scales of heads, and stores rows by them.
#include "kernels/attention/fp8.h"

#include <cmath>

#include "kernels/inputs.h"

namespace assay::attention {
namespace {

constexpr std::uint32_t kScales = 24;  // operand number of the generator

/// Divides rows of [batch, position, head, width] by scale(batch, head).
template <class Scale>
void divide(std::vector<float>& rows, int batches, int positions, int heads, int width,
            const Scale& scale) {
  float* row = rows.data();
  for (int batch = 0; batch < batches; ++batch) {
    for (int position = 0; position < positions; ++position) {
      for (int head = 0; head < heads; ++head, row += width) {
        const float factor = 1 / scale(batch, head);
        for (int i = 0; i < width; ++i) row[i] *= factor;
      }
    }
  }
}

}  // namespace

std::vector<float> drawn_head_scales(const Problem& problem, std::uint64_t seed) {
  std::vector<float> scales(static_cast<std::size_t>(head_scales(nullptr, problem).count()));
  for (std::size_t i = 0; i < scales.size(); ++i) {
    scales[i] = std::ldexp(1.0F, -static_cast<int>(random_bits({seed, kScales, 0}, i) % 4));
  }
  return scales;
}

std::vector<float> scaled_queries(const Problem& p, std::vector<float> rows,
                                  const std::vector<float>& scales) {
  const HeadScales of = head_scales(scales.data(), p);
  divide(rows, p.batches, p.queries, p.query_heads, p.width,
         [&](int batch, int head) { return of.q(batch, head); });
  return rows;
}

std::vector<float> scaled_keys(const Problem& p, std::vector<float> rows,
                               const std::vector<float>& scales) {
  const HeadScales of = head_scales(scales.data(), p);
  divide(rows, p.batches, p.keys, p.key_heads, p.width,
         [&](int batch, int head) { return of.k(batch, head); });
  return rows;
}

std::vector<float> scaled_value_columns(const Problem& p, const std::vector<float>& rows,
                                        const std::vector<float>& scales) {
  const HeadScales of = head_scales(scales.data(), p);
  std::vector<float> columns(rows.size());
  float* to = columns.data();
  for (int batch = 0; batch < p.batches; ++batch) {
    for (int head = 0; head < p.key_heads; ++head) {
      const float factor = 1 / of.v(batch, head);
      for (int i = 0; i < p.value_width; ++i) {
        for (int key = 0; key < p.keys; ++key) {
          *to++ = rows[element_count(p.key_row(batch, key, head), p.value_width) +
                       static_cast<std::size_t>(i)] *
                  factor;
        }
      }
    }
  }
  return columns;
}

}  // namespace assay::attention
