// The trials of the Hopper forward pass.
#pragma once

#include <string>
#include <vector>

#include "kernels/emulator/emulator.h"

namespace assay::emulator {

struct NamedTrial {
  std::string name;
  Trial trial;
};

/// Every listed tile on counting and on normal data: ragged, with rows that attend to nothing, with
/// a window, with shared key heads.
std::vector<NamedTrial> bf16_forward_trials();
std::vector<NamedTrial> f16_forward_trials();

/// Sequences of different lengths, packed: whole tiles, parts of one, short sequences, and rows
/// that attend to nothing.
std::vector<NamedTrial> varlen_forward_trials();
/// The kernel is told that the keys of the second sequence begin so much later.
Trial varlen_forward_with_begin(int planted);

/// Twice round every ring, in blocks of 64 keys.
void attention_forward_trial(Emulator& emulator);

/// The warpgroups take turns in the wrong order.
void swapped_forward_trial(Emulator& emulator);

/// A window of 70 keys, which the kernel is told to be `width` wide.
Trial forward_with_window(int width);

}  // namespace assay::emulator
