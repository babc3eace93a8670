// The trials of the grouped kernels: groups that are empty, that fill whole tiles, and that end
// within one, where the next group's rows must stay as they are.
#include "tests/emulator/gemm/configurations.h"
#include "tests/emulator/gemm/gemm_trial.h"
#include "tests/emulator/kernel_trial.h"

namespace assay::emulator {

namespace {

using device::Bf16;
using device::Major;
using Plain = sm90::Operands<Bf16, Bf16, Bf16, Major::kK, Major::kMn>;
using Swapped = sm90::Operands<Bf16, Bf16, Bf16, Major::kMn, Major::kK>;

template <class Tile>
using GroupedKernel =
    sm90::Kernel<std::conditional_t<Tile::kTile.swapped, Swapped, Plain>, Tile, true>;

struct ShortRing {
  static constexpr sm90::TileConfig kTile{128, 64, 2, 2, 1};
};

GemmTrial with_groups(GemmTrial trial, std::vector<int> rows) {
  trial.m = 0;
  for (const int count : rows) trial.m += count;
  trial.group_rows = std::move(rows);
  return trial;
}

/// Groups of whole tiles, and groups that are smaller, larger, empty, and ragged.
template <int kIndex>
Configuration grouped() {
  using K = GroupedKernel<sm90::ListedTile<kIndex>>;
  constexpr sm90::TileConfig kTile = sm90::kTiles[kIndex];
  constexpr int kRows = kTile.swapped ? kTile.right : kTile.left * kTile.cluster;
  constexpr int kColumns = kTile.swapped ? kTile.left : kTile.right;
  const GemmTrial aligned = with_groups({0, kColumns, 64, 1, 2}, {kRows, kRows});
  const int more = kRows + (kTile.swapped ? 1 : 8);
  GemmTrial ragged = with_groups({0, kColumns + 8, 72, 1, 2 * kTile.cluster}, {3, 0, more, 1});
  if (kIndex == 2 || kIndex == 5) {
    ragged.alpha = 0.5f;
    ragged.beta = 2.0f;
  }
  return {"grouped bf16 " + std::to_string(kTile.left) + "x" + std::to_string(kTile.right) +
              (kTile.swapped ? " swapped" : "") + (kTile.ping_pong ? " ping-pong" : ""),
          [aligned](Emulator& emulator) { run_gemm_trial<K>(emulator, aligned); },
          [ragged](Emulator& emulator) { run_gemm_trial<K>(emulator, ragged); }};
}

void gemm_grouped_trial(Emulator& emulator) {
  run_gemm_trial<GroupedKernel<ShortRing>>(emulator,
                                           with_groups({0, 136, 200, 1, 2}, {70, 5, 130}));
}
const NotFunctional kPool{"setmaxnreg.inc", "it asks for speed: the emulator allots registers"};
const KernelEnrolment kGrouped{{"gemm_grouped", gemm_grouped_trial, {kPool}}};

}  // namespace

std::vector<Configuration> grouped_configurations() {
  std::vector<Configuration> all;
  [&]<int... kIndex>(std::integer_sequence<int, kIndex...>) {
    (all.push_back(grouped<kIndex>()), ...);
  }
  (std::make_integer_sequence<int, sm90::kTileCount>());
  return all;
}

}  // namespace assay::emulator
