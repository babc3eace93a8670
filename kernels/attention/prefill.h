// The host's forward pass: blocks of queries against blocks of keys, an online softmax between two
// products, one tile of queries a thread.
#pragma once

#include <atomic>
#include <vector>

#include "kernels/attention/f32_rows.h"
#include "kernels/attention/operands.h"
#include "kernels/attention/tile_order.h"
#include "kernels/attention/tiles.h"
#include "kernels/attention/varlen.h"
#include "kernels/attention/vector_kernels.h"
#include "kernels/thread_pool.h"

namespace assay::attention {

/// Row-major C[m, n] = A[m, k] op(B) + beta C on the calling thread; op(B) is B[n, k] transposed or
/// B[k, n]; beta is 0 or 1.
using BlockProduct = void (*)(bool transposed, int m, int n, int k, const float* a, int lda,
                              const float* b, int ldb, float beta, float* c, int ldc);

class Prefill {
 public:
  /// Queries and keys of a block: scores of 256 KiB stay in a core's L2.
  static constexpr int kQueries = 128, kKeys = 512;

  Prefill(const Problem& problem, Dtype storage, ThreadPool& threads, BlockProduct product);

  void operator()(const Pointers& arrays);

 private:
  /// A thread's own: operands widened to f32, scores, and what is kept of each row.
  struct Scratch {
    std::vector<float> q, k, v, scores, output;
    std::vector<SoftmaxState> rows;
  };

  /// A block of queries of one head.
  struct Tile {
    int batch, head, block;
  };

  std::int64_t tiles() const;
  Tile tile_at(std::int64_t i) const;
  void attend_tile(const Pointers& arrays, Tile tile, Scratch& scratch) const;
  void attend_keys(const Scores& of, Range queries, Range keys, bool is_first, F32Rows v,
                   Scratch& scratch) const;
  void finish(const Pointers& arrays, int batch, int head, Range queries, Scratch& scratch) const;

  Problem problem_;
  bool is_bf16_;
  ThreadPool& threads_;
  BlockProduct product_;
  const VectorKernels& kernels_;
  F32RowReader rows_of_;
  TileOrder order_;
  VarlenPlan sequences_;  // in place of order_, where their lengths differ
  std::atomic<std::int64_t> next_{0};
  std::vector<Scratch> scratch_;
};

}  // namespace assay::attention
