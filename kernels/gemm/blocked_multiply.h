// The blocked multiplication itself: buffers made once, then any number of products of one shape.
#pragma once

#include <barrier>
#include <vector>

#include "kernels/gemm/micro_kernel.h"
#include "kernels/gemm/operands.h"
#include "kernels/thread_pool.h"

namespace assay {

/// Loops, from the outside: columns of C in blocks of kNc, K in blocks of kKc, then each thread's
/// own rows in blocks of kMc. The threads pack a kKc x kNc block of B together (it fits the last
/// cache), each packs its own kMc x kKc block of A (its L2), and the inner loop holds a tile of C
/// in registers. (Goto and van de Geijn, "Anatomy of high-performance matrix multiplication".)
class BlockedMultiply {
 public:
  BlockedMultiply(GemmShape shape, ThreadPool& threads);
  BlockedMultiply(const BlockedMultiply&) = delete;

  void operator()(const float* a, const float* b, float* c);

  int row_parts() const { return row_parts_; }
  int column_parts() const { return column_parts_; }

 private:
  struct Block {
    std::int64_t first_k, depth, first_column, columns;
  };
  void pack_b(const float* b, const Block& block, int thread);
  void multiply_block(const float* a, float* c, const Block& block, int thread);
  void pack_a(const float* a, std::int64_t first_row, std::int64_t rows, const Block& block,
              float* packed) const;
  void multiply_tiles(const float* packed_a, std::int64_t first_row, std::int64_t rows,
                      const Block& block, Part columns, float* c) const;

  GemmShape shape_;
  ThreadPool& threads_;
  const MicroKernel& kernel_;
  int row_parts_, column_parts_;  // the threads as a grid over C
  std::barrier<> barrier_;
  std::vector<float> packed_b_;
  std::vector<std::vector<float>> packed_a_;  // one a thread
};

}  // namespace assay
