// The trials of the Hopper forward pass on fp8.
#pragma once

#include <vector>

#include "tests/emulator/attention/forward_trials.h"

namespace assay::emulator {

/// Counting and normal data: ragged, with rows that attend to nothing, with a window, with shared
/// key heads.
std::vector<NamedTrial> fp8_forward_trials();

/// Twice round every ring.
void attention_forward_fp8_trial(Emulator& emulator);

/// A window of 70 keys, which the kernel is told to be `width` wide.
Trial fp8_forward_with_window(int width);
/// Scales of `shift` heads further.
Trial fp8_forward_with_shifted_scales(int shift);

/// Accumulators become left operands as they do with elements of 16 bits.
void fp8_forward_with_keys_in_a_row(Emulator& emulator);
/// The mask takes columns for keys.
void fp8_forward_with_mask_of_columns(Emulator& emulator);
/// Exponentials are scaled beyond the largest e4m3.
void fp8_forward_with_saturated_exponentials(Emulator& emulator);

}  // namespace assay::emulator
