// The order in which blocks take output tiles, chosen so that neighbours in time share operands.
#pragma once

namespace assay::device {

struct Tile {
  int row;
  int column;

  friend constexpr bool operator==(const Tile&, const Tile&) = default;
};

/// Tile number `i` of rows x columns in bands of `band` rows, column by column within a band: a
/// wave of n tiles then reads about `band` strips of A and n / band of B out of L2.
constexpr Tile banded_tile(int i, int rows, int columns, int band) {
  const int first_row = i / (band * columns) * band;
  const int height = rows - first_row < band ? rows - first_row : band;
  const int in_band = i - first_row * columns;
  return {first_row + in_band % height, in_band / height};
}

}  // namespace assay::device
