// Inputs of a backward pass whose forward pass is exact.
#pragma once

#include "kernels/attention/gradients.h"

namespace assay::attention {

/// Completes the inputs by the forward pass in fp64, row by row: for small shapes. O is rounded to
/// `rounding`.
BackwardInputs with_exact_forward(const Problem& problem, DenseInputs dense,
                                  std::vector<float> output_gradient, Dtype rounding);

}  // namespace assay::attention
