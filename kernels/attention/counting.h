// Exact inputs: integers for which attention is counting, so that every row can be checked.
//
// Each key belongs to one of 8 classes, and so does each query. Q and K hold Walsh functions of
// their classes times a sign of each column, so that a score is 0 between classes and, within one,
// so large that exp of the difference underflows to nothing. O is then the mean of the values of
// the query's class among the visible keys (of all visible keys, where none is of its class), and
// the log-sum-exp gives away how many they were. One key too many, too few, twice or of another
// head moves a sum of small integers by a whole number. Latent keys hold their values in some of
// their columns, and codes in the others (Classes::write).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "kernels/attention/reference.h"

namespace assay::attention {

/// Values of at most 4 in magnitude, factors that every element type holds.
DenseInputs counting_inputs(const Problem& problem, std::uint64_t seed);

/// The first element of O ([b, sq, hq, dv]) or of the log-sum-exp ([b, hq, sq]) that is not what
/// counting gives, within what rounding allows; or nothing.
std::optional<std::string> first_counting_difference(const Problem& problem, std::uint64_t seed,
                                                     const std::vector<float>& values,
                                                     std::span<const float> output,
                                                     std::span<const float> log_sum_exp,
                                                     const Precision& precision);

}  // namespace assay::attention
