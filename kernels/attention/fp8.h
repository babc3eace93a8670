// What attention on fp8 adds: a scale of each head, values by columns, exponentials in e4m3's
// range. Light, so that a .cu may include it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernels/attention/problem.h"

namespace assay::attention {

/// Exponentials reach from 0 to 1, e4m3 from 2^-9 to 448: a kernel rounds 2^8 times each, the
/// largest power of two that still holds the largest. Without it all values below 2^-10 would be
/// lost, which is most of a row of a few thousand keys; with it those below 2^-18 are. Dividing by
/// the sum of the exponentials cancels the factor.
inline constexpr int kExponentialShift = 8;
inline constexpr float kExponentialFactor = 1 << kExponentialShift;

/// One scale of each head of each batch: an element is what is stored times its head's scale, which
/// is positive. Those of Q, K and V lie one after the other.
struct HeadScales {
  const float* all = nullptr;
  int batches = 1, query_heads = 1, key_heads = 1;

  constexpr int count() const { return batches * (query_heads + 2 * key_heads); }
  constexpr float q(int batch, int head) const { return all[batch * query_heads + head]; }
  constexpr float k(int batch, int head) const { return all[first_k() + batch * key_heads + head]; }
  constexpr float v(int batch, int head) const {
    return all[first_k() + (batches + batch) * key_heads + head];
  }

 private:
  constexpr int first_k() const { return batches * query_heads; }
};

constexpr HeadScales head_scales(const float* all, const Problem& problem) {
  return {all, problem.batches, problem.query_heads, problem.key_heads};
}

/// Powers of two from 1/8 to 1: dividing by them rounds nothing, so that references and exact
/// checks need not know of them.
std::vector<float> drawn_head_scales(const Problem& problem, std::uint64_t seed);

/// Rows of Q or K, of sequences of equal length, divided by the scales of their heads.
std::vector<float> scaled_queries(const Problem& problem, std::vector<float> rows,
                                  const std::vector<float>& scales);
std::vector<float> scaled_keys(const Problem& problem, std::vector<float> rows,
                               const std::vector<float>& scales);
/// Those of V, and by columns: [batch, key head, width, key].
std::vector<float> scaled_value_columns(const Problem& problem, const std::vector<float>& rows,
                                        const std::vector<float>& scales);

}  // namespace assay::attention
