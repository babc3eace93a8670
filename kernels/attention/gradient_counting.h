// Exact inputs of a backward pass: integers for which the gradients are sums over the pairs of a
// class, so that every element can be checked.
//
// Q and K are those of counting.h, V and O hold +-1, dO +-1 and +-2. The log-sum-exp is the score
// within a class, so that P is 1 there and 0 elsewhere, and dS = dO (V - O) is a small integer that
// bf16 holds: O and the log-sum-exp are what a pass is given, not those of a forward pass. All keys
// of a class have one code, and all queries, so the gradients follow from sums of V and of dO.
#pragma once

#include <optional>
#include <string>

#include "kernels/attention/gradients.h"

namespace assay::attention {

/// What a backward pass leaves, as values, with the layouts of Q, K and V.
struct GradientValues {
  std::vector<float> q, k, v;
};

BackwardInputs counting_backward_inputs(const Problem& problem, std::uint64_t seed);

/// The first element of dQ, dK or dV that is not what the sums give, within what rounding allows;
/// or nothing. Of the inputs, V, O and dO are used.
std::optional<std::string> first_gradient_difference(const Problem& problem, std::uint64_t seed,
                                                     const BackwardInputs& inputs,
                                                     const GradientValues& answer,
                                                     Roundoff roundoff);

}  // namespace assay::attention
