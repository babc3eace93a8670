// Which element of a matrix each register of each thread holds, in mma.sync and wgmma.
#pragma once

#include <cstdint>

namespace assay::device {

struct Position {
  int row;
  int column;

  friend constexpr bool operator==(const Position&, const Position&) = default;
};

/// Where accumulator `i` of thread `thread` stands: of a warpgroup (0 to 127) in wgmma's 64xN
/// output, of a warp (0 to 31, i below 4) in mma.sync's 16x8.
constexpr Position accumulator_position(int thread, int i) {
  const int warp = thread / 32 % 4;
  const int lane = thread % 32;
  return {16 * warp + lane / 4 + 8 * (i / 2 % 2), 8 * (i / 4) + 2 * (lane % 4) + i % 2};
}

struct AccumulatorIndex {
  int thread;
  int index;
};

/// The inverse: who holds the output at `at`.
constexpr AccumulatorIndex accumulator_at(Position at) {
  const int thread = 32 * (at.row / 16 % 4) + 4 * (at.row % 8) + at.column % 8 / 2;
  return {thread, 4 * (at.column / 8) + 2 * (at.row / 8 % 2) + at.column % 2};
}

/// Where element `e` (from the low bits) of register `r` (0 to 3) of A stands, in wgmma's 64 rows
/// or mma.sync's 16, and in the 32 bytes of K.
constexpr Position a_position(int thread, int r, int e, int element_bytes) {
  const int warp = thread / 32 % 4;
  const int lane = thread % 32;
  const int in_register = 4 / element_bytes;
  return {16 * warp + lane / 4 + 8 * (r % 2),
          in_register * (lane % 4) + 4 * in_register * (r / 2) + e};
}

/// Where element `e` of register `r` (0 or 1) of mma.sync's B stands: row k, column n.
constexpr Position b_position(int lane, int r, int e, int element_bytes) {
  const int in_register = 4 / element_bytes;
  return {in_register * (lane % 4) + 4 * in_register * r + e, lane / 4};
}

}  // namespace assay::device
