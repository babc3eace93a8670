// The host's inner loops of attention, chosen once for the processor they run on.
#pragma once

#include <cstdint>

namespace assay::attention {

/// What an online softmax keeps of a row: the largest score so far, unscaled, and the sum of
/// exp(scale * (score - largest)).
struct SoftmaxState {
  float largest = -__builtin_inff();
  float sum = 0;
};

struct VectorKernels {
  const char* isa;
  int lanes;

  /// Replaces `count` scores of a row, at least 1, by their exponentials; returns by what sums of
  /// earlier exponentials are to be multiplied, 1 where the largest score stays.
  float (*softmax)(float* scores, int count, float scale, SoftmaxState& state);
  /// Of `count` pairs of a row, at least 1: replaces the scores by P = exp(scale * score -
  /// log_sum_exp), which is at most a little above 1, and dP by scale * P * (dP - sum).
  void (*score_gradients)(float* scores, float* dp, int count, float scale, float log_sum_exp,
                          float sum);
  /// `count`, a multiple of 8, bf16 to f32.
  void (*widen)(const std::uint16_t* from, float* to, int count);
  /// scores[r * stride + i] = q[r] . keys[i] for `rows` rows of `width` floats, a multiple of
  /// lanes.
  void (*dots)(const float* const* keys, int count, const float* q, int rows, int width,
               float* scores, int stride);
  /// out[r] += sum over i of weights[r * stride + i] * values[i], rows likewise of `width` floats.
  void (*add)(const float* const* values, int count, const float* weights, int stride, int rows,
              int width, float* out);
};

/// The widest that this processor has whose lanes divide both widths: avx512, avx2 with fma, or
/// 128-bit vectors.
const VectorKernels& vector_kernels(int width, int value_width);

}  // namespace assay::attention
