// Which piece of a product a cluster works on next: batches, output tiles, parts of K.
#pragma once

#include "kernels/device/tile_order.h"

namespace assay::sm90 {

/// What a cluster does at a time: one tile on top of another for its blocks, over K's blocks
/// [first_k, end_k).
struct TileWork {
  int row;     ///< In clusters' tiles on the left side.
  int column;  ///< In tiles on the right side.
  int batch;
  int split;  ///< The slice of K; of a tile that clusters share, the cluster.
  int first_k;
  int end_k;
  int tile;           ///< Numbers the output tiles of all batches, from 0.
  int first_row = 0;  ///< Of a group: its rows of A and C are [first_row, end_row).
  int end_row = 0;
};

/// The parts of a tile that several pieces make. Each leaves its sums in a place of its own.
struct TileParts {
  int count;
  int mine;  ///< The part of the piece that asks.
  int tile;  ///< Numbers the tiles of several parts, from 0.
  int first_place, after_first, step;

  constexpr int place(int part) const {
    return first_place + (part > 0 ? after_first : 0) + part * step;
  }
};

/// TileWork is numbered; cluster c of n takes number c, c + n, c + 2n, ...: persistent blocks, with
/// no counter to contend for. Slices of K are the slowest index, then batches: blocks that run
/// together read the same slice.
///
/// Stream-K (Osama et al., PPoPP 2023): where whole tiles would leave clusters idle in the last
/// wave, the last `shared` tiles are one row of blocks of K, and each of the n clusters takes an
/// equal stretch of it, which may begin and end inside a tile. Such a schedule has no slices.
struct Schedule {
  int rows = 1;
  int columns = 1;
  int batches = 1;
  int k_blocks = 1;
  int splits = 1;  ///< At most k_blocks: no slice is empty.
  int band = 1;    ///< Rows that are walked column by column, for L2's sake.
  int shared = 0;
  /// Blocks of K that each cluster takes of the shared tiles: kept, so that stretch_begin() divides
  /// nothing in a kernel.
  int stretch = 0;
  int longer = 0;    ///< So many clusters, the first ones, take one more.
  int clusters = 1;  ///< That share tiles: all of the launch.

  constexpr int tiles() const { return rows * columns * batches; }
  /// Numbered pieces; the shared tiles come after them.
  constexpr int count() const { return (tiles() - shared) * splits; }

  /// Piece `i`, whose tile has no place yet.
  constexpr TileWork piece(int i) const {
    const int split = i / tiles();
    return {0, 0, 0, split, slice_begin(split), slice_begin(split + 1), i % tiles()};
  }

  /// The last `count` tiles, whose blocks of K are at least one for each of the clusters.
  constexpr void share(int count, int among) {
    shared = count;
    clusters = among;
    stretch = count * k_blocks / among;
    longer = count * k_blocks % among;
  }

  /// Where a cluster's stretch begins in the row of blocks.
  constexpr int stretch_begin(int cluster) const {
    return cluster * stretch + (cluster < longer ? cluster : longer);
  }

  /// The shared tile, numbered from 0, in which a cluster's stretch begins.
  constexpr int first_shared_tile(int cluster) const { return stretch_begin(cluster) / k_blocks; }

  /// A cluster's piece of a shared tile, if its stretch reaches so far; the tile has no place yet.
  constexpr bool shared_piece(int tile, int cluster, TileWork& work) const {
    const int from = stretch_begin(cluster) - tile * k_blocks;
    const int to = stretch_begin(cluster + 1) - tile * k_blocks;
    work = {0,
            0,
            0,
            cluster,
            from > 0 ? from : 0,
            to < k_blocks ? to : k_blocks,
            tiles() - shared + tile};
    return to > 0;
  }

  constexpr void place_tile(TileWork& work) const {
    work.batch = work.tile / (rows * columns);
    const device::Tile at = device::banded_tile(work.tile % (rows * columns), rows, columns, band);
    work.row = at.row;
    work.column = at.column;
  }

  constexpr bool is_part(const TileWork& work) const {
    return work.end_k - work.first_k < k_blocks;
  }

  /// Of a piece that is a part of its tile. A stretch has two such pieces at most, so two places:
  /// one where it begins inside a tile, and one where it begins the tile that others end.
  constexpr TileParts parts_of(const TileWork& work) const {
    if (shared == 0) return {splits, work.split, work.tile, work.tile, 0, tiles()};
    const int tile = work.tile - (tiles() - shared);
    const int first = cluster_of(tile * k_blocks), last = cluster_of((tile + 1) * k_blocks - 1);
    return {last + 1 - first, work.split - first, tile, 2 * first + 1, -1, 2};
  }

  /// The places of all parts, and the tiles that have several.
  constexpr int places() const {
    if (shared > 0) return 2 * clusters;
    return splits > 1 ? tiles() * splits : 0;
  }
  constexpr int tiles_in_parts() const {
    if (shared > 0) return shared;
    return splits > 1 ? tiles() : 0;
  }

 private:
  constexpr int slice_begin(int split) const {
    return static_cast<int>(static_cast<long long>(split) * k_blocks / splits);
  }

  /// In whose stretch a block of the row lies.
  constexpr int cluster_of(int block) const {
    const int of_longer = longer * (stretch + 1);
    if (block < of_longer) return block / (stretch + 1);
    return longer + (block - of_longer) / stretch;
  }
};

/// The work of one of `clusters` clusters, piece after piece. Whether tiles can be shared is known
/// when a kernel is compiled: those that never share are smaller.
template <bool kShares = true>
class Walk {
 public:
  constexpr Walk(const Schedule& schedule, int cluster, int clusters)
      : schedule_(schedule),
        cluster_(cluster),
        clusters_(clusters),
        next_(cluster),
        shared_tile_(schedule.first_shared_tile(cluster)) {}

  /// False behind the last piece.
  constexpr bool take(TileWork& work) {
    if (next_ < schedule_.count()) {
      work = schedule_.piece(next_);
      next_ += clusters_;
    } else if (!kShares || !schedule_.shared_piece(shared_tile_++, cluster_, work)) {
      return false;
    }
    schedule_.place_tile(work);
    return true;
  }

 private:
  const Schedule& schedule_;
  int cluster_;
  int clusters_;
  int next_;
  int shared_tile_;  ///< The next one.
};

}  // namespace assay::sm90
