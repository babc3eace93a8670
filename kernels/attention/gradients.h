// The reference of the backward pass: rows of the gradients in fp64 from the same rounded inputs,
// beside a naive low-precision implementation whose error says what the data allow.
//
// With P = exp(S - log-sum-exp), of sum(O * dO):
//   dV = P^T dO, dP = dO V^T, dS = P (dP - rowsum(O dO)), dQ = scale dS K, dK = scale dS^T Q
// and of key heads the sum over the query heads that share them.
#pragma once

#include <vector>

#include "kernels/attention/reference.h"

namespace assay::attention {

/// What a backward pass is given.
struct BackwardInputs {
  DenseInputs dense;
  std::vector<float> output, output_gradient;  ///< O and dO: [b, sq, hq, dv].
  std::vector<float> log_sum_exp;              ///< [b, hq, sq].
};

/// What one row of a gradient is compared with.
struct GradientRow {
  std::int64_t number = 0;  ///< Of the row in the gradient's array.
  std::vector<double> value;
  std::vector<double> magnitude;  ///< Sums of p |dO|, or of scale p (|dO||v| + |O||dO|) |k or q|.
  std::vector<double> squares;    ///< Sums of the terms' squares.
  double relative_error = 0;      ///< Of a term that is kept in f32, to its magnitude.
  double naive_error = 0;         ///< The largest of the naive implementation in this row.
};

struct KeyGradientRows {
  GradientRow k, v;
};

/// Row `number` of dQ. `rounding`: of the naive implementation's scores, P, dP, dS and result,
/// which it adds up in f32.
GradientRow query_gradient_row(const Problem& problem, const BackwardInputs& inputs,
                               std::int64_t number, Dtype rounding, Roundoff roundoff);
/// Row `number` of dK and of dV.
KeyGradientRows key_gradient_rows(const Problem& problem, const BackwardInputs& inputs,
                                  std::int64_t number, Dtype rounding, Roundoff roundoff);

/// How far an element may be off; kernels/README.md has the derivation.
double gradient_bound(const GradientRow& row, std::size_t column, Roundoff roundoff);

}  // namespace assay::attention
