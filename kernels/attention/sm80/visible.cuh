// Which keys the packed rows of a decode step attend to.
#pragma once

#include "kernels/attention/sm80/problem.h"
#include "kernels/attention/softmax.cuh"
#include "kernels/device/fragment.h"

namespace assay::attention::sm80 {

__device__ __forceinline__ Range visible_keys_of(const Arguments& arguments, int row) {
  return visible_keys(arguments.scores, arguments.packed.query(row));
}

/// The keys that a thread's two rows attend to, from its first column on; `thread` is its number in
/// the warp or warpgroup whose first row is `first_row`.
__device__ __forceinline__ VisibleColumns visible_columns(const Arguments& arguments, int first_row,
                                                          int thread) {
  VisibleColumns columns;
#pragma unroll
  for (int i = 0; i < 2; ++i) {
    const device::Position at = device::accumulator_position(thread, 2 * i);
    const Range keys = visible_keys_of(arguments, first_row + at.row);
    columns.of[i] = {keys.first - at.column, keys.last - at.column};
  }
  return columns;
}

}  // namespace assay::attention::sm80
