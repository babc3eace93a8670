// The host's backward pass: a block of keys a thread, its dK and dV kept while blocks of queries go
// by, and dQ added to by all.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "kernels/attention/f32_rows.h"
#include "kernels/attention/mask.h"
#include "kernels/attention/problem.h"
#include "kernels/attention/vector_kernels.h"
#include "kernels/thread_pool.h"

namespace assay::attention {

/// Row-major C[m, n] = op(A) op(B) + beta C on the calling thread; beta is 0 or 1.
using Product = void (*)(bool transposed_a, bool transposed_b, int m, int n, int k, const float* a,
                         int lda, const float* b, int ldb, float beta, float* c, int ldc);

class Backward {
 public:
  /// Queries and keys of a block: P and dS of 128 KiB stay in a core's L2.
  static constexpr int kQueries = 128, kKeys = 128;

  Backward(const Problem& problem, Dtype storage, ThreadPool& threads, Product product);

  void operator()(const Pointers& arrays);

 private:
  /// A thread's own: operands widened to f32, P and dS of a block, and the block's dK and dV.
  struct Scratch {
    std::vector<float> k, v, q, output, gradient, p, ds, dk, dv;
  };
  struct KeyBlock {
    int batch, key_head;
    Range keys;
    F32Rows k, v;
  };

  void clear_query_gradients(int thread);
  void take_key_block(const Pointers& arrays, std::int64_t number, Scratch& scratch);
  void take_queries(const Pointers& arrays, const KeyBlock& block, int head, Range queries,
                    Scratch& scratch);
  void score_gradients(const Pointers& arrays, const KeyBlock& block, int head, Range queries,
                       const F32Rows& gradient, Scratch& scratch) const;
  void store(void* array, std::int64_t first_row, int count, int heads, int width,
             const float* from) const;

  Problem problem_;
  bool is_bf16_;
  ThreadPool& threads_;
  Product product_;
  const VectorKernels& kernels_;
  F32RowReader rows_of_;
  int key_blocks_, query_blocks_;
  std::vector<float> rounded_later_;     ///< dQ, where it is stored in bf16.
  float* query_gradients_ = nullptr;     ///< dQ in f32: that, or the array itself.
  std::unique_ptr<std::mutex[]> locks_;  ///< Of blocks of dQ: batch, head, block.
  std::atomic<std::int64_t> next_{0};
  std::vector<Scratch> scratch_;
};

}  // namespace assay::attention
