// A tile configuration of the Hopper attention kernels, its budgets, and the choice among them.
#pragma once

#include "kernels/attention/problem.h"
#include "kernels/hopper/budget.h"
#include "kernels/hopper/output_box.h"

namespace assay::attention::sm90 {

inline constexpr int kRows = 64;        ///< Queries of one warpgroup: the rows of a wgmma.
inline constexpr int kStages = 2;       ///< Of keys, and of values.
inline constexpr int kOutputBoxes = 1;  ///< Of each consumer.

/// Queries come in tiles of 64 for each consumer, keys and values in blocks of `keys`.
struct TileConfig {
  int width;        ///< Of queries and keys.
  int value_width;  ///< Of values and outputs.
  int keys;
  int consumers;
  int element_bytes = 2;  ///< Of queries, keys and values; outputs have 2.

  friend constexpr bool operator==(const TileConfig&, const TileConfig&) = default;
};

constexpr int queries(const TileConfig& tile) { return kRows * tile.consumers; }
constexpr int threads(const TileConfig& tile) { return hopper::threads(tile.consumers); }
/// What setmaxnreg leaves to a thread of the warpgroup that copies.
constexpr int producer_registers(int consumers) { return consumers == 2 ? 24 : 32; }
constexpr hopper::Registers registers(const TileConfig& tile) {
  return hopper::registers(tile.consumers, producer_registers(tile.consumers));
}

/// All but the barriers, which are the last and small.
constexpr int tile_bytes(const TileConfig& tile) {
  return (queries(tile) * tile.width + kStages * tile.keys * (tile.width + tile.value_width)) *
             tile.element_bytes +
         tile.consumers * kOutputBoxes * hopper::box_bytes(kRows);
}
inline constexpr int kBarrierBytes = 1024;  ///< Room for them.

/// Scores, their exponentials as elements, and outputs, in registers of a thread.
constexpr int live_registers(const TileConfig& tile) {
  return tile.keys / 2 + tile.keys * tile.element_bytes / 8 + tile.value_width / 2;
}

/// What a computing thread needs beside these: less than budget.h allows for, as ptxas shows.
inline constexpr int kOtherRegisters = 32;

/// The rule that a configuration breaks, in words; nullptr when it breaks none.
constexpr const char* tile_fault(const TileConfig& tile) {
  if (tile.consumers < 2) return "warpgroups take turns: two or three";
  if (tile.width % 64 != 0 || tile.value_width % 64 != 0) return "boxes are 64 elements wide";
  if (tile.keys % 16 != 0 || tile.keys > 256) return "blocks of keys are multiples of 16 to 256";
  if (tile.element_bytes == 1 && (tile.width % 128 != 0 || tile.keys % 128 != 0)) {
    return "boxes of keys and of columns of values are 128 elements wide";
  }
  const hopper::Registers pool = registers(tile);
  const char* fault =
      hopper::budget_fault(tile.consumers, pool, tile_bytes(tile) + kBarrierBytes, 0);
  if (fault != nullptr) return fault;
  if (live_registers(tile) + kOtherRegisters <= pool.most()) return nullptr;
  return "scores, exponentials and outputs leave too few registers";
}

/// For each pair of widths, the tile for problems with a mask and then the one without, where they
/// differ: masked blocks cost as much as plain ones, so they are shorter.
inline constexpr TileConfig kTiles[] = {{64, 64, 128, 2},   {64, 64, 192, 2},   {128, 128, 128, 2},
                                        {128, 128, 176, 2}, {192, 128, 128, 2}, {256, 256, 64, 2}};
inline constexpr int kTileCount = static_cast<int>(sizeof kTiles / sizeof kTiles[0]);

/// The place in kTiles of the tile for a problem; -1: none has its widths.
constexpr int tile_for(const Problem& problem) {
  int found = -1;
  for (int i = 0; i < kTileCount; ++i) {
    const bool fits =
        kTiles[i].width == problem.width && kTiles[i].value_width == problem.value_width;
    if (fits && (found < 0 || problem.mask.kind == Mask::Kind::full)) found = i;
  }
  return found;
}

/// One of kTiles, as a template's parameter.
template <int kIndex>
struct ListedTile {
  static constexpr TileConfig kTile = kTiles[kIndex];
};

}  // namespace assay::attention::sm90
