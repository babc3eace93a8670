// Which key of a block each column of its scores belongs to, so that accumulators of scores are the
// left operand of the product with values without leaving their thread.
#pragma once

#include "kernels/device/fragment.h"

namespace assay::attention {

/// Of blocks of `kKeys` keys with elements of 16 bits: columns are keys, because 16 columns of
/// accumulators lie like the 16 columns of one product's left operand.
template <int kKeys, int kElementBytes>
struct KeyOrder {
  static_assert(kElementBytes == 2 && kKeys % 16 == 0);
  static constexpr int kParts = 1;  ///< Copies that bring a block of keys.

  static constexpr int key_of(int column) { return column; }
  /// The key of a thread's first accumulator, and how far that of accumulator `i` is from there.
  static constexpr int first_key(int thread) {
    return device::accumulator_position(thread, 0).column;
  }
  static constexpr int key_step(int i) { return 8 * (i / 4) + i % 2; }
  /// The accumulator that becomes element `e` of register `r` of product number `product`.
  static constexpr int accumulator(int product, int r, int e) { return 8 * product + 2 * r + e; }
};

/// For any number of them.
using ColumnOrder = KeyOrder<16, 2>;

/// With elements of 8 bits a thread's left operand is four keys in a row, of which its accumulators
/// are only two. Keys therefore come in fours: the first half of the columns has the first two keys
/// of every four, the second half the others. Each half is one copy by a tensor map that has the
/// position in a four as a dimension (positions_map.cuh), so that nothing has to move afterwards,
/// and values keep their order.
template <int kKeys>
struct KeyOrder<kKeys, 1> {
  static_assert(kKeys % 32 == 0);
  static constexpr int kParts = 2;

  static constexpr int key_of(int column) {
    const int half = column / (kKeys / 2), inside = column % (kKeys / 2);
    return 4 * (inside / 2) + 2 * half + inside % 2;
  }
  static constexpr int first_key(int thread) {
    return key_of(device::accumulator_position(thread, 0).column);
  }
  static constexpr int key_step(int i) {
    const int half = i / (kKeys / 4), inside = i % (kKeys / 4);
    return 16 * (inside / 4) + 2 * half + i % 2;
  }
  static constexpr int accumulator(int product, int r, int e) {
    return 8 * product + 4 * (r / 2) + 2 * (r % 2) + e % 2 + e / 2 * (kKeys / 4);
  }
};

}  // namespace assay::attention
