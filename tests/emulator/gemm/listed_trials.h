// Every listed tile configuration of some operands, by one pair of shapes each.
#pragma once

#include <string>
#include <type_traits>
#include <vector>

#include "tests/emulator/gemm/configurations.h"
#include "tests/emulator/gemm/gemm_trial.h"

namespace assay::emulator {

/// The same product with its sides changed.
template <class O>
using SidesSwapped = sm90::Operands<typename O::Right, typename O::Left, typename O::Output,
                                    O::kRightMajor, O::kLeftMajor>;

/// One configuration that can take the operands, which are named by their sides.
template <class Operands, int kIndex>
void add_taken(const std::string& name, std::vector<Configuration>& to) {
  constexpr sm90::TileConfig kTile = sm90::kTiles[kIndex];
  using K = sm90::Kernel<Operands, sm90::ListedTile<kIndex>>;
  constexpr int kSplits = kTile.right <= 16 ? 2 : 1;      // bf16's trials split the larger ones too
  constexpr int kStage = K::kStageK, kUnit = kStage / 8;  // 16 bytes, as TMA asks for
  const int left = kTile.left * kTile.cluster;
  const GemmTrial aligned{kTile.swapped ? kTile.right : left, kTile.swapped ? left : kTile.right,
                          2 * kStage};
  const int past_left = left == 128 ? left + 16 : left - 16;
  // A by columns has rows of M elements, in steps of 16 bytes like any row.
  constexpr int kRagged = Operands::kRightMajor == device::Major::kK ? 1 : kUnit;
  const int past_right = kTile.right - (kTile.swapped ? kRagged : 16);
  const int k = kStage + kUnit;
  GemmTrial ragged = kTile.swapped ? GemmTrial{past_right, past_left, k, kSplits, 3}
                                   : GemmTrial{past_left, past_right, k};
  if (kIndex == 6) ragged.batches = 2;
  if ((kIndex == 2 || kIndex == 4) && std::is_same_v<typename K::Accumulator, float>) {
    ragged.alpha = 0.5f;
    ragged.beta = 2.0f;
  }
  to.push_back({name + " " + std::to_string(kTile.left) + "x" + std::to_string(kTile.right) +
                    (kTile.swapped ? " swapped" : "") + (kTile.ping_pong ? " ping-pong" : ""),
                [=](Emulator& emulator) { run_gemm_trial<K>(emulator, aligned); },
                [=](Emulator& emulator) { run_gemm_trial<K>(emulator, ragged); }});
}

/// Few blocks of K: the ring is the same for all operands, and bf16's trials go round it twice.
/// `Plain` has A on its left.
template <class Plain, int kIndex>
void add_listed(const std::string& name, std::vector<Configuration>& to) {
  constexpr sm90::TileConfig kTile = sm90::kTiles[kIndex];
  using Sides = std::conditional_t<kTile.swapped, SidesSwapped<Plain>, Plain>;
  if constexpr (sm90::takes(kTile, Sides::kRightMajor)) add_taken<Sides, kIndex>(name, to);
}

template <class Plain>
void add_every_listed(const std::string& name, std::vector<Configuration>& to) {
  [&]<int... kIndex>(std::integer_sequence<int, kIndex...>) {
    (add_listed<Plain, kIndex>(name, to), ...);
  }
  (std::make_integer_sequence<int, sm90::kTileCount>());
}

}  // namespace assay::emulator
