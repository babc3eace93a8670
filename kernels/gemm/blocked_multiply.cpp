// Packing, and the loops around the inner one.
#include "kernels/gemm/blocked_multiply.h"

#include <algorithm>

namespace assay {
namespace {

constexpr std::int64_t kKc = 256;   // a step's B panel (kKc x nr) stays in L1
constexpr std::int64_t kMc = 168;   // a multiple of every mr (4, 6, 14): kMc x kKc x 4 B in L2
constexpr std::int64_t kNc = 4096;  // kKc x kNc x 4 B = 4 MiB in the last cache

std::int64_t round_up(std::int64_t value, std::int64_t unit) {
  return (value + unit - 1) / unit * unit;
}

}  // namespace

BlockedMultiply::BlockedMultiply(GemmShape shape, ThreadPool& threads)
    : shape_(shape), threads_(threads), kernel_(micro_kernel()), barrier_(threads.size()) {
  const std::int64_t row_panels = (shape.m + kernel_.mr - 1) / kernel_.mr;
  row_parts_ = static_cast<int>(std::min<std::int64_t>(threads.size(), row_panels));
  column_parts_ = threads.size() / row_parts_;
  const std::int64_t depth = std::min(shape.k, kKc);
  packed_b_.resize(static_cast<std::size_t>(depth * round_up(std::min(shape.n, kNc), kernel_.nr)));
  packed_a_.resize(static_cast<std::size_t>(threads.size()));
  threads_.run([&](int thread) {  // first touched by the thread that will use it
    packed_a_[static_cast<std::size_t>(thread)].resize(static_cast<std::size_t>(depth * kMc));
  });
}

void BlockedMultiply::operator()(const float* a, const float* b, float* c) {
  threads_.run([&](int thread) {
    for (std::int64_t column = 0; column < shape_.n; column += kNc) {
      for (std::int64_t k = 0; k < shape_.k; k += kKc) {
        const Block block{k, std::min(kKc, shape_.k - k), column, std::min(kNc, shape_.n - column)};
        pack_b(b, block, thread);
        barrier_.arrive_and_wait();
        multiply_block(a, c, block, thread);
        barrier_.arrive_and_wait();  // no thread may pack over a B that is still read
      }
    }
  });
}

/// Panels of nr columns, each step's nr values side by side. What is past the edge keeps an old
/// value: it reaches only the part of a tile that is dropped.
void BlockedMultiply::pack_b(const float* b, const Block& block, int thread) {
  const std::int64_t nr = kernel_.nr;
  const Part part = part_of(block.columns, thread, threads_.size(), nr);
  for (std::int64_t j = part.first; j < part.last; j += nr) {
    float* panel = packed_b_.data() + j * block.depth;
    const std::int64_t width = std::min(nr, block.columns - j);
    for (std::int64_t k = 0; k < block.depth; ++k, panel += nr) {
      const float* from = b + (block.first_k + k) * shape_.n + block.first_column + j;
      std::copy(from, from + width, panel);
    }
  }
}

void BlockedMultiply::multiply_block(const float* a, float* c, const Block& block, int thread) {
  if (thread >= row_parts_ * column_parts_) return;
  const Part rows = part_of(shape_.m, thread % row_parts_, row_parts_, kernel_.mr);
  const Part columns = part_of(block.columns, thread / row_parts_, column_parts_, kernel_.nr);
  float* packed = packed_a_[static_cast<std::size_t>(thread)].data();
  for (std::int64_t row = rows.first; row < rows.last; row += kMc) {
    const std::int64_t count = std::min(kMc, rows.last - row);
    pack_a(a, row, count, block, packed);
    multiply_tiles(packed, row, count, block, columns, c);
  }
}

/// Panels of mr rows, each step's mr values side by side; past the edge as in pack_b.
void BlockedMultiply::pack_a(const float* a, std::int64_t first_row, std::int64_t rows,
                             const Block& block, float* packed) const {
  const std::int64_t mr = kernel_.mr;
  for (std::int64_t i = 0; i < rows; i += mr) {
    float* panel = packed + i * block.depth;
    for (std::int64_t r = 0; r < std::min(mr, rows - i); ++r) {
      const float* from = a + (first_row + i + r) * shape_.k + block.first_k;
      for (std::int64_t k = 0; k < block.depth; ++k) panel[k * mr + r] = from[k];
    }
  }
}

void BlockedMultiply::multiply_tiles(const float* packed_a, std::int64_t first_row,
                                     std::int64_t rows, const Block& block, Part columns,
                                     float* c) const {
  const std::int64_t mr = kernel_.mr, nr = kernel_.nr;
  const bool accumulate = block.first_k > 0;
  alignas(64) float edge[kMaxMr * kMaxNr];
  for (std::int64_t j = columns.first; j < columns.last; j += nr) {
    const float* panel_b = packed_b_.data() + j * block.depth;
    const std::int64_t width = std::min(nr, block.columns - j);
    for (std::int64_t i = 0; i < rows; i += mr) {
      const float* panel_a = packed_a + i * block.depth;
      const std::int64_t height = std::min(mr, rows - i);
      float* tile = c + (first_row + i) * shape_.n + block.first_column + j;
      if (height == mr && width == nr) {
        kernel_.run(block.depth, panel_a, panel_b, tile, shape_.n, accumulate);
        continue;
      }
      kernel_.run(block.depth, panel_a, panel_b, edge, nr, false);
      for (std::int64_t r = 0; r < height; ++r) {
        for (std::int64_t s = 0; s < width; ++s) {
          float& element = tile[r * shape_.n + s];
          element = (accumulate ? element : 0.0F) + edge[r * nr + s];
        }
      }
    }
  }
}

}  // namespace assay
