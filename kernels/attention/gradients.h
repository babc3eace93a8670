// The reference of the backward pass, for shapes small enough to go over every pair by plain loops.
#pragma once

#include <span>
#include <vector>

#include "kernels/attention/reference.h"

namespace assay::attention {

/// With the layouts of q, k and v.
template <class Real>
struct Gradients {
  std::vector<Real> q, k, v;
};

/// Of sum(O * output_gradient), which has O's layout. In fp64:
///   dV = P^T dO, dP = dO V^T, dS = P (dP - sum_j P dP), dQ = scale dS K, dK = scale dS^T Q
/// and of key heads the sum over the query heads that share them.
Gradients<double> reference_gradients(const InputView& inputs,
                                      std::span<const float> output_gradient);

/// The same in f32 with S, P, dP, dS and the results rounded to `rounding`.
Gradients<float> naive_gradients(const InputView& inputs, std::span<const float> output_gradient,
                                 Dtype rounding);

}  // namespace assay::attention
