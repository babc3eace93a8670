// Loops over vectors, instantiated for each width and compiled for its instruction set.
#include "kernels/attention/vector_kernels.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace assay::attention {
namespace {

template <int kBytes>
struct Lanes {
  static constexpr int kCount = kBytes / 4;
  typedef float Float __attribute__((vector_size(kBytes)));
  typedef std::int32_t Int __attribute__((vector_size(kBytes)));
  typedef std::uint16_t Bf16 __attribute__((vector_size(kBytes / 2)));

  [[gnu::always_inline]] static Float load(const float* from) {
    Float value;
    std::memcpy(&value, from, sizeof value);
    return value;
  }
  [[gnu::always_inline]] static void store(float* to, Float value) {
    std::memcpy(to, &value, sizeof value);
  }
  [[gnu::always_inline]] static Float all(float value) { return Float{} + value; }
};

/// The sum of a vector's lanes, by halves.
template <int kBytes>
[[gnu::always_inline]] inline float sum_of(typename Lanes<kBytes>::Float value) {
  if constexpr (kBytes == 16) {
    return (value[0] + value[2]) + (value[1] + value[3]);
  } else {
    typename Lanes<kBytes / 2>::Float low, high;
    std::memcpy(&low, &value, kBytes / 2);
    std::memcpy(&high, reinterpret_cast<const char*>(&value) + kBytes / 2, kBytes / 2);
    return sum_of<kBytes / 2>(low + high);
  }
}

/// 2^y for y <= 1, of normal results; smaller ones become 2^-125. Taylor's series of 2^f for
/// |f| <= 1/2 up to f^7: the rest is below 5e-9.
template <int kBytes>
[[gnu::always_inline]] inline typename Lanes<kBytes>::Float exp2_of(
    typename Lanes<kBytes>::Float y) {
  using V = Lanes<kBytes>;
  constexpr float kSmallest = -125;
  constexpr float kRound = 0x1.8p23F;  // added, it leaves an integer in the lowest bits
  y = y < kSmallest ? V::all(kSmallest) : y;
  const auto shifted = y + kRound;
  const auto f = y - (shifted - kRound);
  auto power = V::all(1.5252733804e-5F);
  for (const float coefficient : {1.5403530394e-4F, 1.3333558146e-3F, 9.6181291076e-3F,
                                  5.5504108665e-2F, 2.4022650696e-1F, 6.9314718056e-1F, 1.0F}) {
    power = power * f + coefficient;
  }
  return reinterpret_cast<typename V::Float>(reinterpret_cast<typename V::Int>(power) +
                                             (reinterpret_cast<typename V::Int>(shifted) << 23));
}

template <int kBytes>
[[gnu::always_inline]] inline float softmax_row(float* scores, int count, float scale,
                                                SoftmaxState& state) {
  using V = Lanes<kBytes>;
  constexpr float kLog2E = 1.44269504F;
  constexpr float kLowest = std::numeric_limits<float>::lowest();
  const int whole = count / V::kCount * V::kCount;
  const auto left = static_cast<std::size_t>(count - whole) * sizeof(float);
  auto tail = V::all(kLowest);
  std::memcpy(&tail, scores + whole, left);
  auto most = tail;
  for (int i = 0; i < whole; i += V::kCount) {
    const auto score = V::load(scores + i);
    most = score > most ? score : most;
  }
  float largest = state.largest;
  for (int lane = 0; lane < V::kCount; ++lane) largest = std::max(largest, most[lane]);
  const float factor_log2 = scale * kLog2E;
  typename V::Float sum{};
  for (int i = 0; i < whole; i += V::kCount) {
    const auto weight = exp2_of<kBytes>((V::load(scores + i) - largest) * factor_log2);
    V::store(scores + i, weight);
    sum += weight;
  }
  if (left > 0) {
    tail = exp2_of<kBytes>((tail - largest) * factor_log2);
    std::memcpy(scores + whole, &tail, left);
    for (int lane = 0; lane < count - whole; ++lane) sum[lane] += tail[lane];
  }
  const float factor =
      largest == state.largest ? 1 : std::exp2((state.largest - largest) * factor_log2);
  state.sum = state.sum * factor + sum_of<kBytes>(sum);
  state.largest = largest;
  return factor;
}

template <int kBytes>
[[gnu::always_inline]] inline void score_gradients_vector(float* scores, float* dp, float scale,
                                                          float log_sum_exp, float sum) {
  using V = Lanes<kBytes>;
  constexpr float kLog2E = 1.44269504F;
  const auto p = exp2_of<kBytes>(V::load(scores) * (scale * kLog2E) - log_sum_exp * kLog2E);
  V::store(scores, p);
  V::store(dp, p * scale * (V::load(dp) - sum));
}

template <int kBytes>
[[gnu::always_inline]] inline void score_gradients_row(float* scores, float* dp, int count,
                                                       float scale, float log_sum_exp, float sum) {
  constexpr int kCount = Lanes<kBytes>::kCount;
  int i = 0;
  for (; i + kCount <= count; i += kCount) {
    score_gradients_vector<kBytes>(scores + i, dp + i, scale, log_sum_exp, sum);
  }
  if (i == count) return;
  float last_scores[kCount] = {}, last_dp[kCount] = {};
  const auto left = static_cast<std::size_t>(count - i) * sizeof(float);
  std::memcpy(last_scores, scores + i, left);
  std::memcpy(last_dp, dp + i, left);
  score_gradients_vector<kBytes>(last_scores, last_dp, scale, log_sum_exp, sum);
  std::memcpy(scores + i, last_scores, left);
  std::memcpy(dp + i, last_dp, left);
}

template <int kBytes>
[[gnu::always_inline]] inline void widen_row(const std::uint16_t* from, float* to, int count) {
  using V = Lanes<kBytes>;
  int i = 0;
  for (; i + V::kCount <= count; i += V::kCount) {
    typename V::Bf16 half;
    std::memcpy(&half, from + i, sizeof half);
    const auto wide = __builtin_convertvector(half, typename V::Int) << 16;
    std::memcpy(to + i, &wide, sizeof wide);
  }
  for (; i < count; ++i) {
    const std::uint32_t bits = static_cast<std::uint32_t>(from[i]) << 16;
    std::memcpy(to + i, &bits, sizeof bits);
  }
}

template <int kBytes, int kRows>
[[gnu::always_inline]] inline void dots_of_rows(const float* const* keys, int count, const float* q,
                                                int width, float* scores, int stride) {
  using V = Lanes<kBytes>;
  for (int i = 0; i < count; ++i) {
    typename V::Float sum[kRows] = {};
    for (int column = 0; column < width; column += V::kCount) {
      const auto key = V::load(keys[i] + column);
#pragma GCC unroll 8
      for (int r = 0; r < kRows; ++r) sum[r] += V::load(q + r * width + column) * key;
    }
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) scores[r * stride + i] = sum_of<kBytes>(sum[r]);
  }
}

/// kVectors vectors of columns of kRows rows stay in registers.
template <int kBytes, int kRows, int kVectors>
[[gnu::always_inline]] inline void add_columns(const float* const* values, int count,
                                               const float* weights, int stride, int width,
                                               int column, float* out) {
  using V = Lanes<kBytes>;
  typename V::Float sum[kRows][kVectors];
  for (int r = 0; r < kRows; ++r) {
    for (int c = 0; c < kVectors; ++c) {
      sum[r][c] = V::load(out + r * width + column + c * V::kCount);
    }
  }
  for (int i = 0; i < count; ++i) {
    typename V::Float value[kVectors];
    for (int c = 0; c < kVectors; ++c) value[c] = V::load(values[i] + column + c * V::kCount);
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) {
      const float weight = weights[r * stride + i];
      for (int c = 0; c < kVectors; ++c) sum[r][c] += weight * value[c];
    }
  }
  for (int r = 0; r < kRows; ++r) {
    for (int c = 0; c < kVectors; ++c) {
      V::store(out + r * width + column + c * V::kCount, sum[r][c]);
    }
  }
}

template <int kBytes, int kRows>
[[gnu::always_inline]] inline void add_to_rows(const float* const* values, int count,
                                               const float* weights, int stride, int width,
                                               float* out) {
  constexpr int kVectors = kBytes == 64 ? 2 : 1;  // of 32 registers 16, of 16 registers 8
  constexpr int kStep = kVectors * Lanes<kBytes>::kCount;
  int column = 0;
  for (; column + kStep <= width; column += kStep) {
    add_columns<kBytes, kRows, kVectors>(values, count, weights, stride, width, column, out);
  }
  if (column < width) {
    add_columns<kBytes, kRows, 1>(values, count, weights, stride, width, column, out);
  }
}

template <int kBytes>
[[gnu::always_inline]] inline void dots(const float* const* keys, int count, const float* q,
                                        int rows, int width, float* scores, int stride) {
  int r = 0;
  for (; r + 8 <= rows; r += 8) {
    dots_of_rows<kBytes, 8>(keys, count, q + r * width, width, scores + r * stride, stride);
  }
  for (; r + 4 <= rows; r += 4) {
    dots_of_rows<kBytes, 4>(keys, count, q + r * width, width, scores + r * stride, stride);
  }
  for (; r < rows; ++r) {
    dots_of_rows<kBytes, 1>(keys, count, q + r * width, width, scores + r * stride, stride);
  }
}

template <int kBytes>
[[gnu::always_inline]] inline void add(const float* const* values, int count, const float* weights,
                                       int stride, int rows, int width, float* out) {
  int r = 0;
  for (; r + 8 <= rows; r += 8) {
    add_to_rows<kBytes, 8>(values, count, weights + r * stride, stride, width, out + r * width);
  }
  for (; r + 4 <= rows; r += 4) {
    add_to_rows<kBytes, 4>(values, count, weights + r * stride, stride, width, out + r * width);
  }
  for (; r < rows; ++r) {
    add_to_rows<kBytes, 1>(values, count, weights + r * stride, stride, width, out + r * width);
  }
}

float softmax_128(float* scores, int count, float scale, SoftmaxState& state) {
  return softmax_row<16>(scores, count, scale, state);
}
void score_gradients_128(float* scores, float* dp, int count, float scale, float log_sum_exp,
                         float sum) {
  score_gradients_row<16>(scores, dp, count, scale, log_sum_exp, sum);
}
void widen_128(const std::uint16_t* from, float* to, int count) { widen_row<16>(from, to, count); }
void dots_128(const float* const* keys, int count, const float* q, int rows, int width,
              float* scores, int stride) {
  dots<16>(keys, count, q, rows, width, scores, stride);
}
void add_128(const float* const* values, int count, const float* weights, int stride, int rows,
             int width, float* out) {
  add<16>(values, count, weights, stride, rows, width, out);
}
constexpr VectorKernels k128{"128-bit", 4,        softmax_128, score_gradients_128,
                             widen_128, dots_128, add_128};

#if defined(__x86_64__)
[[gnu::target("avx2,fma")]] float softmax_avx2(float* scores, int count, float scale,
                                               SoftmaxState& state) {
  return softmax_row<32>(scores, count, scale, state);
}
[[gnu::target("avx2,fma")]] void score_gradients_avx2(float* scores, float* dp, int count,
                                                      float scale, float log_sum_exp, float sum) {
  score_gradients_row<32>(scores, dp, count, scale, log_sum_exp, sum);
}
[[gnu::target("avx2,fma")]] void widen_avx2(const std::uint16_t* from, float* to, int count) {
  widen_row<32>(from, to, count);
}
[[gnu::target("avx2,fma")]] void dots_avx2(const float* const* keys, int count, const float* q,
                                           int rows, int width, float* scores, int stride) {
  dots<32>(keys, count, q, rows, width, scores, stride);
}
[[gnu::target("avx2,fma")]] void add_avx2(const float* const* values, int count,
                                          const float* weights, int stride, int rows, int width,
                                          float* out) {
  add<32>(values, count, weights, stride, rows, width, out);
}
constexpr VectorKernels kAvx2{"avx2",     8,         softmax_avx2, score_gradients_avx2,
                              widen_avx2, dots_avx2, add_avx2};

[[gnu::target("avx512f,avx512bw")]] float softmax_avx512(float* scores, int count, float scale,
                                                         SoftmaxState& state) {
  return softmax_row<64>(scores, count, scale, state);
}
[[gnu::target("avx512f,avx512bw")]] void score_gradients_avx512(float* scores, float* dp, int count,
                                                                float scale, float log_sum_exp,
                                                                float sum) {
  score_gradients_row<64>(scores, dp, count, scale, log_sum_exp, sum);
}
[[gnu::target("avx512f,avx512bw")]] void widen_avx512(const std::uint16_t* from, float* to,
                                                      int count) {
  widen_row<64>(from, to, count);
}
[[gnu::target("avx512f,avx512bw")]] void dots_avx512(const float* const* keys, int count,
                                                     const float* q, int rows, int width,
                                                     float* scores, int stride) {
  dots<64>(keys, count, q, rows, width, scores, stride);
}
[[gnu::target("avx512f,avx512bw")]] void add_avx512(const float* const* values, int count,
                                                    const float* weights, int stride, int rows,
                                                    int width, float* out) {
  add<64>(values, count, weights, stride, rows, width, out);
}
constexpr VectorKernels kAvx512{"avx512",     16,          softmax_avx512, score_gradients_avx512,
                                widen_avx512, dots_avx512, add_avx512};

#endif

bool divides(const VectorKernels& kernels, int width, int value_width) {
  return width % kernels.lanes == 0 && value_width % kernels.lanes == 0;
}

}  // namespace

const VectorKernels& vector_kernels([[maybe_unused]] int width, [[maybe_unused]] int value_width) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      divides(kAvx512, width, value_width)) {
    return kAvx512;
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
      divides(kAvx2, width, value_width)) {
    return kAvx2;
  }
#endif
  return k128;
}

}  // namespace assay::attention
