// The trials of the Hopper backward pass.
#pragma once

#include <vector>

#include "tests/emulator/attention/forward_trials.h"

namespace assay::emulator {

/// Both widths on counting and on normal data: ragged, with rows that attend to nothing, with a
/// window, with shared key heads.
std::vector<NamedTrial> bf16_backward_trials();
std::vector<NamedTrial> f16_backward_trials();

/// Twice round every ring, in one block.
void attention_backward_trial(Emulator& emulator);

/// The kernel that adds to dQ in one order, of as many blocks at once as it has blocks of keys.
/// dQ is held to the bits of the first trial of its width.
std::vector<NamedTrial> ordered_backward_trials();
/// Three blocks of keys in two blocks at once.
void ordered_backward_trial(Emulator& emulator);
/// The kernel that does not, held to the bits of its first trial too.
void unordered_backward_trial(Emulator& emulator);

/// What a pass over normal data with a window of 70 keys is told instead of the truth.
struct PlantedBackward {
  int window = 70;
  float log_sum_exp_shift = 0;  ///< Of one row: its probabilities do not add up to 1.
};
Trial planted_backward(const PlantedBackward& planted);

}  // namespace assay::emulator
