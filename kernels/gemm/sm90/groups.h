// The work of a product whose rows fall to groups: how many tiles a group has is known on the
// device only, so whoever walks the work keeps where the group began that it is in.
#pragma once

#include <cstdint>

#include "kernels/gemm/sm90/schedule.h"

namespace assay::sm90 {

/// Which side of a group's grid of tiles its rows are on, and how many rows a tile (of a cluster)
/// has there.
struct GroupTiles {
  bool on_right;
  int rows;
};

/// Numbers are as in Schedule, group after group; of the schedule only the side counts that is not
/// the groups'. No slices of K: a group more is a tile more, so grids are seldom small.
class GroupWalk {
 public:
  /// Group g has the rows from begins[g] to begins[g + 1].
  constexpr GroupWalk(const Schedule& schedule, const std::int32_t* begins, GroupTiles tiles)
      : schedule_(schedule), begins_(begins), tiles_(tiles) {}

  /// Piece number `i`, or false behind the last; `i` never goes back.
  constexpr bool at(int i, TileWork& work) {
    for (; group_ < schedule_.batches; ++group_) {
      const int begin = begins_[group_], end = begins_[group_ + 1];
      const int strips = (end - begin + tiles_.rows - 1) / tiles_.rows;
      const int rows = tiles_.on_right ? schedule_.rows : strips;
      const int columns = tiles_.on_right ? strips : schedule_.columns;
      if (i - first_ < rows * columns) {
        const device::Tile place = device::banded_tile(i - first_, rows, columns, schedule_.band);
        work = {place.row, place.column, group_, 0, 0, schedule_.k_blocks, i, begin, end};
        return true;
      }
      first_ += rows * columns;
    }
    return false;
  }

 private:
  const Schedule& schedule_;
  const std::int32_t* begins_;
  GroupTiles tiles_;
  int group_ = 0;
  int first_ = 0;  ///< The number of the group's first piece.
};

}  // namespace assay::sm90
