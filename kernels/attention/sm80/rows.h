// How rows of 16-bit elements lie in shared memory, and which pieces of them a thread copies.
#pragma once

namespace assay::attention::sm80 {

/// Where 16 bytes of a row lie: those of eight rows fall on different banks.
constexpr int row_place(int row_bytes, int row, int byte) {
  return row * row_bytes + (byte ^ (row % 8 * 16));
}

/// The pieces of 16 bytes that a thread copies of rows whose bytes are a multiple of 128: one in
/// each 128 bytes of every row that is a multiple of `rows_apart` from its first.
struct CopyShare {
  int first_row, rows_apart, first_byte;
};
constexpr CopyShare copy_share(int thread, int threads) {
  return {thread / 8, threads / 8, thread % 8 * 16};
}

constexpr int next_stage(int stage, int count) { return stage + 1 == count ? 0 : stage + 1; }
constexpr int last_stage(int stage, int count) { return stage == 0 ? count - 1 : stage - 1; }

}  // namespace assay::attention::sm80
