// The copies of a paged cache into shared memory by cp.async, some steps ahead.
#pragma once

#include <cstdint>

#include "device/async_copy.cuh"
#include "device/launch.cuh"
#include "kernels/attention/page_table.h"
#include "kernels/attention/sm80/problem.h"
#include "kernels/attention/sm80/rows.h"

namespace assay::attention::sm80 {

/// Keys and values of the steps that are under way, a row after the other.
template <int kWidth>
struct Stages {
  static constexpr int kCount = stages(kWidth);
  static constexpr int kRowBytes = 2 * kWidth;

  alignas(128) unsigned char keys[kCount][kStepKeys * kRowBytes];
  alignas(128) unsigned char values[kCount][kStepKeys * kRowBytes];

  static constexpr int place(int row, int byte) { return row_place(kRowBytes, row, byte); }
};

/// Starts the copy of a warp's keys or values, which lie next to each other. Rows from `valid` on
/// become zeros: what the page holds there is nobody's, and may be NaN.
template <int kWidth>
__device__ __forceinline__ void copy_rows(unsigned char* to, const unsigned char* from,
                                          int first_row, int valid) {
  using Ring = Stages<kWidth>;
  constexpr int kPieces = Ring::kRowBytes / 16;
  const int lane = static_cast<int>(device::lane_index());
#pragma unroll
  for (int i = 0; i < kWarpKeys * kPieces / 32; ++i) {
    const int piece = lane + 32 * i, row = piece / kPieces;
    const bool inside = row < valid;
    device::copy_async_zero_fill<16>(to + Ring::place(first_row + row, piece % kPieces * 16),
                                     from + (inside ? piece * 16 : 0), inside ? 16 : 0);
  }
}

/// One warp's share of the copies of a block's steps: 16 keys and their values in each.
template <int kWidth>
class Copies {
 public:
  __device__ __forceinline__ Copies(Stages<kWidth>& stages, const Arguments& arguments,
                                    const Work& work, int warp)
      : stages_(stages), arguments_(arguments), work_(work), warp_(warp), step_(work.steps.first) {
    find_page();
  }

  /// Starts those of the next step, and closes their group: an empty one behind the last step, so
  /// that groups go on counting steps.
  __device__ __forceinline__ void start_next() {
    if (step_ < work_.steps.last) {
      const std::int64_t from =
          2 * arguments_.cache.row(run_.page_number, work_.key_head, run_.slot);
      const auto bytes = [&](const void* array) {
        return static_cast<const unsigned char*>(array) + from;
      };
      const int row = warp_ * kWarpKeys, valid = run_.keys.size();
      copy_rows<kWidth>(stages_.keys[stage_], bytes(arguments_.arrays.k), row, valid);
      copy_rows<kWidth>(stages_.values[stage_], bytes(arguments_.arrays.v), row, valid);
      stage_ = next_stage(stage_, Stages<kWidth>::kCount);
      ++step_;
      find_page();
    }
    device::copy_async_commit();
  }

 private:
  /// Of the step that comes next, so that its copies do not wait for the table.
  __device__ __forceinline__ void find_page() {
    const std::int32_t* table =
        arguments_.arrays.table + std::int64_t{work_.batch} * arguments_.pages_a_sequence;
    run_ = {};
    if (step_ == work_.steps.last) return;
    PageWalk(table, arguments_.cache.page, warp_keys(step_, warp_, arguments_.scores.keys))
        .next(run_);
  }

  Stages<kWidth>& stages_;
  const Arguments& arguments_;
  const Work& work_;
  int warp_;
  int step_, stage_ = 0;
  PageRun run_;
};

}  // namespace assay::attention::sm80
