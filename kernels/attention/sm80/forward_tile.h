// A tile configuration of the portable forward pass, its budgets, and the one that a problem gets.
#pragma once

#include <optional>
#include <string>

#include "kernels/attention/problem.h"
#include "kernels/attention/sm80/problem.h"
#include "kernels/attention/varlen.h"

namespace assay::attention::sm80 {

/// Queries come in tiles of kVarlenRows, keys and values in blocks of `keys`.
struct ForwardTile {
  int width;        ///< Of queries and keys.
  int value_width;  ///< Of values and outputs.
  int keys;
  int warps;
  int row_tiles;       ///< Of 16 queries, of a warp: each fragment of keys is multiplied by all.
  int slots;           ///< For blocks of keys or of values, that are read or on their way.
  int blocks;          ///< Of threads, on a multiprocessor of compute capability 8.0 at once.
  bool holds_queries;  ///< In registers, as fragments.

  friend constexpr bool operator==(const ForwardTile&, const ForwardTile&) = default;
};

constexpr int warp_queries(const ForwardTile& tile) { return kWarpRows * tile.row_tiles; }
constexpr int queries(const ForwardTile& tile) { return warp_queries(tile) * tile.warps; }
constexpr int threads(const ForwardTile& tile) { return 32 * tile.warps; }

constexpr int query_bytes(const ForwardTile& tile) { return queries(tile) * 2 * tile.width; }
constexpr int slot_bytes(const ForwardTile& tile) {
  return tile.keys * 2 * (tile.width < tile.value_width ? tile.value_width : tile.width);
}
inline constexpr int kWorkBytes = 128;  ///< Room for what the tile is.
constexpr int shared_bytes(const ForwardTile& tile) {
  return query_bytes(tile) + tile.slots * slot_bytes(tile) + kWorkBytes;
}

/// Scores and outputs of a thread, and its queries where it holds them.
constexpr int live_registers(const ForwardTile& tile) {
  const int held = tile.holds_queries ? tile.width / 4 : 0;
  return tile.row_tiles * (tile.keys / 2 + tile.value_width / 2 + held);
}

inline constexpr int kMultiprocessorShared = 164 * 1024;  ///< Of compute capability 8.0.
inline constexpr int kReservedShared = 1024;              ///< Of each block.
inline constexpr int kMultiprocessorRegisters = 64 * 1024;
inline constexpr int kThreadRegisters = 255;
/// What a thread needs beside its live ones: addresses, fragments, sums of rows.
inline constexpr int kOtherRegisters = 40;

/// The rule that a configuration breaks, in words; nullptr when it breaks none.
constexpr const char* tile_fault(const ForwardTile& tile) {
  if (tile.width % 64 != 0 || tile.value_width % 64 != 0 || tile.value_width > tile.width) {
    return "rows are copied 64 elements at a time, and outputs take the place of queries";
  }
  if (tile.keys % 16 != 0 || tile.keys % (threads(tile) / 8) != 0) {
    return "16 keys are one product, and all threads copy whole rows of 64 elements";
  }
  if (queries(tile) != kVarlenRows) return "packed sequences are laid out for other tiles";
  if (tile.slots < 2 || tile.slots > 3) return "one slot is read while one or two are filled";
  if (shared_bytes(tile) > kMostShared ||
      tile.blocks * (shared_bytes(tile) + kReservedShared) > kMultiprocessorShared) {
    return "too much shared memory";
  }
  const int share = kMultiprocessorRegisters / (tile.blocks * threads(tile));
  const int most = share < kThreadRegisters ? share : kThreadRegisters;
  if (live_registers(tile) + kOtherRegisters > most) return "too many registers";
  return nullptr;
}

inline constexpr ForwardTile kForwardTiles[] = {{64, 64, 64, 4, 2, 3, 2, true},
                                                {128, 128, 64, 4, 2, 3, 2, false},
                                                {192, 128, 32, 4, 2, 2, 2, false},
                                                {256, 256, 32, 8, 1, 2, 1, true}};
inline constexpr int kForwardTileCount =
    static_cast<int>(sizeof kForwardTiles / sizeof kForwardTiles[0]);

/// The place in kForwardTiles of the tile for a problem; -1: none has its widths.
constexpr int forward_tile_for(const Problem& problem) {
  for (int i = 0; i < kForwardTileCount; ++i) {
    const ForwardTile& tile = kForwardTiles[i];
    if (tile.width == problem.width && tile.value_width == problem.value_width) return i;
  }
  return -1;
}

inline std::optional<std::string> forward_refusal(const Problem& problem) {
  if (forward_tile_for(problem) >= 0) return std::nullopt;
  return "takes d 64, 128 or 256 with the same dv, and d 192 with dv 128";
}

}  // namespace assay::attention::sm80
