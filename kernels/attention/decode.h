// The host's decode step: query heads that share a key head go over its paged cache together, the
// keys split so that every thread has a part.
#pragma once

#include <atomic>
#include <vector>

#include "kernels/attention/operands.h"
#include "kernels/attention/split_plan.h"
#include "kernels/attention/tiles.h"
#include "kernels/attention/vector_kernels.h"
#include "kernels/thread_pool.h"

namespace assay::attention {

class Decode {
 public:
  /// Keys of a block: widened, 64 keys and values of width 128 take 64 KiB of a core's L2.
  static constexpr int kKeys = 64;

  Decode(const Problem& problem, Dtype storage, ThreadPool& threads);

  int splits() const { return splits_; }
  void operator()(const Pointers& arrays);

 private:
  /// A thread's own.
  struct Scratch {
    std::vector<float> q, k, v, scores;
    std::vector<const float*> keys, values;  // where each row of the block is
    std::vector<SoftmaxState> rows;
    std::vector<float> output;  // one row of the result
  };
  /// One key head of one sequence, and one part of its blocks of keys.
  struct Part {
    int batch, key_head, split;
  };

  template <class Work>
  void share_out(std::int64_t count, const Work& work);
  Part part_at(std::int64_t number) const;
  void attend_part(const Pointers& arrays, Part part, Scratch& scratch);
  void read_queries(const Pointers& arrays, Part part, Scratch& scratch) const;
  void read_rows(const void* cache, CacheLayout layout, PageRun run, int head, float* widened,
                 const float** rows) const;
  void attend_block(Range keys, Scratch& scratch, float* output) const;
  void combine(const Pointers& arrays, std::int64_t tile, std::vector<float>& row_output) const;
  std::size_t partial_row(std::int64_t tile, int split, int row) const;

  Problem problem_;
  bool is_bf16_;
  ThreadPool& threads_;
  const VectorKernels& kernels_;
  PackedRows packed_;
  int rows_;  // of a tile: queries x heads that share a key head
  int blocks_, splits_;
  std::atomic<std::int64_t> next_{0};
  std::vector<Scratch> scratch_;
  std::vector<float> outputs_, log_sum_exps_;  // of parts: [tile, split, row]
};

}  // namespace assay::attention
