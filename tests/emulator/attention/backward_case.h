// Inputs of a backward pass for the emulator's trials, and the check of what a kernel made of them.
// Apart from the trials: instrumentation would slow it.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "kernels/attention/gradients.h"
#include "tests/emulator/attention/attention_case.h"

namespace assay::emulator {

struct BackwardCase {
  attention::Problem problem;
  Dtype element;
  AttentionData data;
  attention::BackwardInputs inputs;
  std::vector<std::byte> q, k, v, output, output_gradient;  ///< The inputs as they are stored.
  // Of normal data, every row.
  std::vector<attention::GradientRow> dq, dk, dv;
};

/// Made once for all seeds.
const BackwardCase& backward_case(const std::string& shape, Dtype element, AttentionData data);

/// The first of dQ, dK and dV that is wrong, or nothing.
std::string gradient_difference(const BackwardCase& one, std::span<const std::byte> dq,
                                std::span<const std::byte> dk, std::span<const std::byte> dv);

/// Whether these are the bytes that were given for the key the first time.
bool has_first_bits(const std::string& key, std::span<const std::byte> bytes);

}  // namespace assay::emulator
