// The trials of the decode step of latent attention on Hopper.
#pragma once

#include <vector>

#include "tests/emulator/attention/forward_trials.h"

namespace assay::emulator {

/// Whole and split sequences, several queries and tiles of rows, every kind of page. Slots of the
/// cache without a key hold NaN.
std::vector<NamedTrial> bf16_latent_trials();
std::vector<NamedTrial> f16_latent_trials();
std::vector<NamedTrial> paired_latent_trials();

/// Twice round the ring, with a last step that has fewer keys.
void attention_decode_latent_trial(Emulator& emulator);
/// The same by two blocks that bring keys for each other.
void attention_decode_latent_pair_trial(Emulator& emulator);

/// What a step over 200 keys in pages of 16 does wrong.
enum class LatentFault {
  none,
  page_read_twice,
  key_too_few,
  key_too_many,
  rows_not_cleared,  ///< Those of the last step that hold no key.
  columns_swapped,   ///< Each consumer takes the other's values.
};
Trial latent_with_fault(LatentFault fault);

}  // namespace assay::emulator
