// Attention of one row by plain loops, for the references: in fp64, or in f32 with what a naive
// low-precision implementation rounds.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "kernels/attention/fp8.h"
#include "kernels/attention/reference.h"
#include "kernels/inputs.h"

namespace assay::attention {

template <class Real>
struct AttendedRow {
  Range keys;                               ///< That the query attends to.
  std::vector<Real> scores, probabilities;  ///< Of these keys.
  std::vector<Real> output;
  Real log_sum_exp = 0;
};

template <class Real>
Real dot(std::span<const float> a, std::span<const float> b) {
  Real sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    sum += static_cast<Real>(a[i]) * static_cast<Real>(b[i]);
  }
  return sum;
}

/// Of the reference.
struct NoRounding {
  double result(double value) const { return value; }
  double probability(double exponential, double sum) const { return exponential / sum; }
};

/// Of a naive low-precision implementation, which rounds every array that it makes. Probabilities
/// of 8 bits are rounded as exponentials, before they are divided: of many keys' probabilities most
/// would become zero.
struct NaiveRounding {
  NaiveTypes types;

  float result(float value) const { return rounded_input(types.result, value); }
  float probability(float exponential, float sum) const {
    if (bits_of(types.probability) > 8) return rounded_input(types.probability, exponential / sum);
    return rounded_input(types.probability, kExponentialFactor * exponential) /
           (kExponentialFactor * sum);
  }
};

template <class Real, class Round>
AttendedRow<Real> attend_row(const InputView& inputs, Row row, const Round& round) {
  const Problem& problem = inputs.problem();
  AttendedRow<Real> out;
  out.keys = visible_keys(problem.scores_of(row.batch), row.query);
  out.output.assign(static_cast<std::size_t>(problem.value_width), 0);
  out.log_sum_exp = -std::numeric_limits<Real>::infinity();
  if (out.keys.empty()) return out;
  const auto scale = static_cast<Real>(problem.scale());
  for (int key = out.keys.first; key < out.keys.last; ++key) {
    out.scores.push_back(round.result(scale * dot<Real>(inputs.query(row), inputs.key(row, key))));
  }
  const Real largest = *std::max_element(out.scores.begin(), out.scores.end());
  Real sum = 0;
  for (const Real score : out.scores) {
    out.probabilities.push_back(std::exp(score - largest));
    sum += out.probabilities.back();
  }
  out.log_sum_exp = largest + std::log(sum);
  for (Real& probability : out.probabilities) probability = round.probability(probability, sum);
  for (int key = out.keys.first; key < out.keys.last; ++key) {
    const auto value = inputs.value(row, key);
    const Real probability = out.probabilities[static_cast<std::size_t>(key - out.keys.first)];
    for (std::size_t i = 0; i < value.size(); ++i) out.output[i] += probability * value[i];
  }
  for (Real& element : out.output) element = round.result(element);
  return out;
}

}  // namespace assay::attention
