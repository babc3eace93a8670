// Inputs of attention for the emulator's trials, and the check of what a kernel made of them. Apart
// from the trials: instrumentation would slow it.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "kernels/attention/reference.h"

namespace assay::emulator {

/// `counting` shows every pair too many or too few; `normal` is held to the bound on errors.
enum class AttentionData { counting, normal };

struct AttentionCase {
  attention::Problem problem;
  attention::Types types;
  AttentionData data;
  attention::DenseInputs inputs;
  std::vector<std::byte> q, k, v;                 ///< The inputs as they are stored.
  std::vector<float> scales;                      ///< Of heads, where the element is fp8.
  std::vector<attention::ReferenceRow> expected;  ///< Of normal data, every row.
};

/// Made once for all seeds. `shape` is that of a forward pass.
const AttentionCase& attention_case(const std::string& shape, Dtype element, AttentionData data);

/// The first of O and the log-sum-exps that is wrong, or nothing.
std::string attention_difference(const AttentionCase& one, std::span<const std::byte> output,
                                 std::span<const float> log_sum_exp);

}  // namespace assay::emulator
