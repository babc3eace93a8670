// Which piece of a product a cluster works on next: batches, output tiles, slices of K.
#pragma once

#include "kernels/device/tile_order.h"

namespace assay::sm90 {

/// What a cluster does at a time: one tile on top of another for its blocks, over K's blocks
/// [first_k, end_k).
struct TileWork {
  int row;     ///< In clusters' tiles on the left side.
  int column;  ///< In tiles on the right side.
  int batch;
  int split;
  int first_k;
  int end_k;
  int tile;           ///< Numbers the output tiles of all batches, from 0.
  int first_row = 0;  ///< Of a group: its rows of A and C are [first_row, end_row).
  int end_row = 0;
};

/// TileWork is numbered; cluster c of n takes number c, c + n, c + 2n, ...: persistent blocks, with
/// no counter to contend for. Slices of K are the slowest index, then batches: blocks that run
/// together read the same slice.
struct Schedule {
  int rows = 1;
  int columns = 1;
  int batches = 1;
  int k_blocks = 1;
  int splits = 1;  ///< At most k_blocks: no slice is empty.
  int band = 1;    ///< Rows that are walked column by column, for L2's sake.

  constexpr int tiles() const { return rows * columns * batches; }
  constexpr int count() const { return tiles() * splits; }

  constexpr TileWork at(int i) const {
    const int split = i / tiles();
    const int tile = i % tiles();
    const int batch = tile / (rows * columns);
    const device::Tile place = device::banded_tile(tile % (rows * columns), rows, columns, band);
    return {place.row,          place.column,           batch, split,
            slice_begin(split), slice_begin(split + 1), tile};
  }

 private:
  constexpr int slice_begin(int split) const {
    return static_cast<int>(static_cast<long long>(split) * k_blocks / splits);
  }
};

}  // namespace assay::sm90
