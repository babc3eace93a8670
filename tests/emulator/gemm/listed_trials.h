// Every listed tile configuration of a dtype, by one pair of shapes each.
#pragma once

#include <string>
#include <type_traits>
#include <vector>

#include "tests/emulator/gemm/configurations.h"
#include "tests/emulator/gemm/gemm_trial.h"

namespace assay::emulator {

/// Few blocks of K: the ring is the same for all dtypes, and bf16's trials go round it twice.
template <class A, class B, class C, device::Major kMajorB, int kIndex>
void add_listed(const char* dtype, std::vector<Configuration>& to) {
  constexpr sm90::TileConfig kTile = sm90::kTiles[kIndex];
  using Plain = sm90::Operands<A, B, C, device::Major::kK, kMajorB>;
  using Swapped = sm90::Operands<B, A, C, kMajorB, device::Major::kK>;
  using K =
      sm90::Kernel<std::conditional_t<kTile.swapped, Swapped, Plain>, sm90::ListedTile<kIndex>>;
  constexpr int kSplits = kTile.right <= 16 ? 2 : 1;      // bf16's trials split the larger ones too
  constexpr int kStage = K::kStageK, kUnit = kStage / 8;  // 16 bytes, as TMA asks for
  const int left = kTile.left * kTile.cluster;
  const GemmTrial aligned{kTile.swapped ? kTile.right : left, kTile.swapped ? left : kTile.right,
                          2 * kStage};
  const int past_left = left == 128 ? left + 16 : left - 16;
  const int past_right = kTile.right - (kTile.swapped ? 1 : 16);
  const int k = kStage + kUnit;
  const GemmTrial ragged = kTile.swapped ? GemmTrial{past_right, past_left, k, kSplits, 3}
                                         : GemmTrial{past_left, past_right, k};
  to.push_back({std::string(dtype) + " " + std::to_string(kTile.left) + "x" +
                    std::to_string(kTile.right) + (kTile.swapped ? " swapped" : ""),
                [=](Emulator& emulator) { run_gemm_trial<K>(emulator, aligned); },
                [=](Emulator& emulator) { run_gemm_trial<K>(emulator, ragged); }});
}

template <class A, class B, class C, device::Major kMajorB>
std::vector<Configuration> listed_configurations(const char* dtype) {
  std::vector<Configuration> all;
  [&]<int... kIndex>(std::integer_sequence<int, kIndex...>) {
    (add_listed<A, B, C, kMajorB, kIndex>(dtype, all), ...);
  }
  (std::make_integer_sequence<int, sm90::kTileCount>());
  return all;
}

}  // namespace assay::emulator
