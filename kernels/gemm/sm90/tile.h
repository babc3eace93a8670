// A tile configuration of the Hopper kernels, and the budgets of shared memory and registers that
// it must keep.
#pragma once

#include "kernels/device/element.h"
#include "kernels/hopper/budget.h"
#include "kernels/hopper/output_box.h"

namespace assay::sm90 {

/// The two operands are named by their side in wgmma: `left` gives the rows, in steps of 64;
/// `right` the columns. Left is A and right is B; swapped, left is B and right is A, and the kernel
/// computes C^T: so a product of few rows fills wgmma's 64 with B's columns.
struct TileConfig {
  int left;
  int right;
  int consumers;  ///< Warpgroups that multiply: parts of one tile, or ping-pong.
  int stages;     ///< Of the ring that TMA fills.
  int cluster;    ///< Blocks one above the other on the left side, which share the right tile.
  bool swapped = false;
  /// The two consumers take whole tiles in turn: one stores while the other multiplies.
  bool ping_pong = false;

  friend constexpr bool operator==(const TileConfig&, const TileConfig&) = default;
};

using hopper::kRowBytes;                ///< One swizzle span: what a stage holds of K.
inline constexpr int kOutputBoxes = 2;  ///< Of each consumer: one is stored, one is written.

/// Warpgroups that share a tile, and the rows of each on the left side.
constexpr int sharers(const TileConfig& tile) { return tile.ping_pong ? 1 : tile.consumers; }
constexpr int consumer_rows(const TileConfig& tile) { return tile.left / sharers(tile); }

/// Whether clusters can share tiles: ping-pong's code would grow past what is worth its while.
constexpr bool can_share(const TileConfig& tile) { return !tile.ping_pong; }

constexpr int threads(const TileConfig& tile) { return hopper::threads(tile.consumers); }
constexpr int stage_bytes(const TileConfig& tile) { return (tile.left + tile.right) * kRowBytes; }
/// Rows of 128 bytes of a box in which C leaves through shared memory.
constexpr int output_rows(const TileConfig& tile) { return tile.swapped ? tile.right : 64; }

/// All but the barriers, which are the last and small.
constexpr int tile_bytes(const TileConfig& tile) {
  return tile.stages * stage_bytes(tile) +
         tile.consumers * kOutputBoxes * hopper::box_bytes(output_rows(tile));
}
inline constexpr int kBarrierBytes = 1024;  ///< Room for barriers and flags.

/// What setmaxnreg leaves to a thread of the warpgroup that copies.
constexpr int producer_registers(int consumers) { return consumers == 2 ? 40 : 32; }
constexpr hopper::Registers registers(const TileConfig& tile) {
  return hopper::registers(tile.consumers, producer_registers(tile.consumers));
}

constexpr int accumulators(const TileConfig& tile) {
  return consumer_rows(tile) * tile.right / 128;
}

/// The rule that a configuration breaks, in words; nullptr when it breaks none.
constexpr const char* tile_fault(const TileConfig& tile) {
  if (tile.consumers < 1 || tile.consumers > hopper::kMostConsumers) {
    return "one to three warpgroups multiply";
  }
  if (tile.ping_pong && tile.consumers != 2) return "ping-pong is played by two";
  if (tile.left % (64 * sharers(tile)) != 0) return "a consumer's rows are a multiple of 64";
  if (tile.left > 256) return "a box of TMA has at most 256 rows";
  if (tile.right < 8 || tile.right > 256 || tile.right % 8 != 0) return "wgmma's N is 8 to 256";
  if (!tile.swapped && tile.right % 64 != 0) return "C's boxes are 64 columns wide";
  if (tile.swapped && tile.right > 128) return "C's box of a swapped product has 128 rows";
  if (tile.cluster != 1 && tile.cluster != 2) return "clusters have one or two blocks";
  if (tile.cluster == 2 && tile.right % 128 != 0) return "half of the right tile is whole boxes";
  if (tile.stages < 2) return "a ring has two stages or more";
  return hopper::budget_fault(tile.consumers, registers(tile), tile_bytes(tile) + kBarrierBytes,
                              accumulators(tile));
}

/// Whether the right operand's layout allows the configuration: a box of what is not K-major is 64
/// elements of MN wide.
constexpr bool takes(const TileConfig& tile, device::Major right) {
  return right == device::Major::kK || tile.right % 64 == 0;
}

/// The configurations that plan.h ranks; of equals the first is taken. The two before the last fill
/// a last wave that larger tiles leave half empty; the last is for short K, where storing a tile
/// takes as long as several stages.
inline constexpr TileConfig kTiles[] = {
    {128, 256, 2, 4, 2},       {256, 128, 2, 4, 2},
    {128, 128, 2, 6, 1},       {128, 64, 2, 8, 1, true},
    {128, 32, 2, 10, 1, true}, {128, 16, 2, 11, 1, true},
    {128, 8, 2, 12, 1, true},  {128, 128, 2, 6, 2},
    {128, 192, 2, 4, 1},       {128, 128, 2, 6, 2, false, true},
};
inline constexpr int kTileCount = static_cast<int>(sizeof kTiles / sizeof kTiles[0]);

constexpr bool tiles_are_right() {
  for (const TileConfig& tile : kTiles) {
    if (tile_fault(tile) != nullptr) return false;
  }
  return true;
}
static_assert(tiles_are_right());

/// One of them, as a template's parameter.
template <int kIndex>
struct ListedTile {
  static constexpr TileConfig kTile = kTiles[kIndex];
};

}  // namespace assay::sm90
