// The trials of the portable forward pass.
#pragma once

#include <vector>

#include "tests/emulator/attention/forward_trials.h"

namespace assay::emulator {

/// Every listed tile on counting and on normal data: ragged, with rows that attend to nothing, with
/// a window, with shared key heads, and packed sequences.
std::vector<NamedTrial> bf16_portable_forward_trials();
std::vector<NamedTrial> f16_portable_forward_trials();

/// Twice round a ring of three slots, after a tile that attends to nothing; and round one of two,
/// with queries in registers.
void portable_forward_trial(Emulator& emulator);
void held_portable_forward_trial(Emulator& emulator);

/// Outputs are never multiplied by the factors of their rows.
void unscaled_portable_forward_trial(Emulator& emulator);
/// Traps at a factor above 1, or next to it.
void checked_portable_forward_trial(Emulator& emulator);
/// Values are copied to where keys are read, and the reverse.
void swapped_portable_forward_trial(Emulator& emulator);

/// A window of 70 keys, which the kernel is told to be `width` wide.
Trial portable_forward_with_window(int width);
/// The kernel is told that the keys of the second packed sequence begin so much later.
Trial portable_forward_with_begin(int planted);

}  // namespace assay::emulator
