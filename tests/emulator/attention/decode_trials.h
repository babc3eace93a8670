// The trials of the portable decode step.
#pragma once

#include <vector>

#include "tests/emulator/attention/forward_trials.h"

namespace assay::emulator {

/// Both widths, teams of one warp and of four, whole and split sequences, several queries and
/// tiles of rows, every page size that serving uses.
std::vector<NamedTrial> bf16_decode_trials();
std::vector<NamedTrial> f16_decode_trials();

/// Two splits, each twice round the ring.
void attention_decode_trial(Emulator& emulator);
/// The same by teams of four warps, which copy for each other.
void attention_decode_teams_trial(Emulator& emulator);

/// What a decode step of 200 keys in pages of 16 is told instead of the truth.
struct PlantedDecode {
  bool reads_a_page_twice = false;
  int keys = 200;
};
Trial planted_decode(const PlantedDecode& planted);

}  // namespace assay::emulator
