// Blocks of keys are gathered by the page table; partial results are combined by their
// log-sum-exps.
#include "kernels/attention/decode.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "harness/core/dtype.h"
#include "harness/core/small_float.h"
#include "kernels/attention/combine.h"

namespace assay::attention {
namespace {

constexpr int kMostSplits = 64;

}  // namespace

Decode::Decode(const Problem& problem, Dtype storage, ThreadPool& threads)
    : problem_(problem),
      is_bf16_(storage == Dtype::bf16),
      threads_(threads),
      kernels_(vector_kernels(problem.width, problem.value_width)),
      packed_{problem.group()},
      rows_(packed_.rows(problem.queries)),
      blocks_(key_tiles(problem.scores(), {0, problem.queries}, kKeys).count()),
      splits_(choose_splits({static_cast<std::int64_t>(problem.batches) * problem.key_heads,
                             blocks_, threads.size(), kMostSplits})) {
  for (int thread = 0; thread < threads.size(); ++thread) {
    Scratch scratch;
    scratch.q.resize(element_count(rows_, problem.width));
    scratch.k.resize(is_bf16_ ? element_count(kKeys, problem.width) : 0);
    scratch.v.resize(is_bf16_ && !problem.latent ? element_count(kKeys, problem.value_width) : 0);
    scratch.scores.resize(element_count(rows_, kKeys));
    scratch.keys.resize(kKeys);
    scratch.values.resize(kKeys);
    scratch.rows.resize(static_cast<std::size_t>(rows_));
    scratch.output.resize(static_cast<std::size_t>(problem.value_width));
    scratch_.push_back(std::move(scratch));
  }
  const std::int64_t parts =
      static_cast<std::int64_t>(problem.batches) * problem.key_heads * splits_;
  outputs_.resize(element_count(parts * rows_, problem.value_width));
  log_sum_exps_.resize(element_count(parts, rows_));
}

template <class Work>
void Decode::share_out(std::int64_t count, const Work& work) {
  next_.store(0, std::memory_order_relaxed);
  threads_.run([&](int thread) {
    for (;;) {
      const std::int64_t i = next_.fetch_add(1, std::memory_order_relaxed);
      if (i >= count) return;
      work(thread, i);
    }
  });
}

void Decode::operator()(const Pointers& arrays) {
  const std::int64_t tiles = static_cast<std::int64_t>(problem_.batches) * problem_.key_heads;
  share_out(tiles * splits_, [&](int thread, std::int64_t i) {
    attend_part(arrays, part_at(i), scratch_[static_cast<std::size_t>(thread)]);
  });
  share_out(tiles, [&](int thread, std::int64_t tile) {
    combine(arrays, tile, scratch_[static_cast<std::size_t>(thread)].output);
  });
}

Decode::Part Decode::part_at(std::int64_t number) const {
  const std::int64_t tile = number / splits_;
  return {static_cast<int>(tile / problem_.key_heads), static_cast<int>(tile % problem_.key_heads),
          static_cast<int>(number % splits_)};
}

std::size_t Decode::partial_row(std::int64_t tile, int split, int row) const {
  return static_cast<std::size_t>((tile * splits_ + split) * rows_ + row);
}

void Decode::read_queries(const Pointers& arrays, Part part, Scratch& scratch) const {
  for (int row = 0; row < rows_; ++row) {
    const int head = part.key_head * problem_.group() + packed_.head(row);
    const std::int64_t from =
        problem_.output_row(part.batch, packed_.query(row), head) * problem_.width;
    float* to = scratch.q.data() + element_count(row, problem_.width);
    if (is_bf16_) {
      kernels_.widen(static_cast<const std::uint16_t*>(arrays.q) + from, to, problem_.width);
    } else {
      std::copy_n(static_cast<const float*>(arrays.q) + from, problem_.width, to);
    }
  }
}

void Decode::read_rows(const void* cache, CacheLayout layout, PageRun run, int head, float* widened,
                       const float** rows) const {
  const std::int64_t first = layout.row(run.page_number, head, run.slot);
  const int count = run.keys.size();
  const float* data = widened;
  if (is_bf16_) {
    kernels_.widen(static_cast<const std::uint16_t*>(cache) + first, widened, count * layout.width);
  } else {
    data = static_cast<const float*>(cache) + first;
  }
  for (int i = 0; i < count; ++i) rows[i] = data + element_count(i, layout.width);
}

void Decode::attend_part(const Pointers& arrays, Part part, Scratch& scratch) {
  read_queries(arrays, part, scratch);
  std::fill(scratch.rows.begin(), scratch.rows.end(), SoftmaxState{});
  const std::int64_t tile =
      static_cast<std::int64_t>(part.batch) * problem_.key_heads + part.key_head;
  const std::size_t first_row = partial_row(tile, part.split, 0);
  float* output = outputs_.data() + first_row * static_cast<std::size_t>(problem_.value_width);
  std::fill_n(output, element_count(rows_, problem_.value_width), 0.0F);
  const std::int32_t* table =
      arrays.table + static_cast<std::int64_t>(part.batch) * problem_.pages_a_sequence();
  const TileSpan span = key_tiles(problem_.scores(), {0, problem_.queries}, kKeys);
  const Range blocks = split_range(blocks_, splits_, part.split);
  for (int block = blocks.first; block < blocks.last; ++block) {
    const Range keys = tile_range(span.first + block, kKeys, problem_.keys);
    PageWalk walk(table, problem_.page, keys);
    for (PageRun run; walk.next(run);) {
      const int at = run.keys.first - keys.first;
      read_rows(arrays.k, problem_.key_cache(), run, part.key_head,
                scratch.k.data() + (is_bf16_ ? element_count(at, problem_.width) : 0),
                scratch.keys.data() + at);
      if (problem_.latent) continue;
      read_rows(arrays.v, problem_.value_cache(), run, part.key_head,
                scratch.v.data() + (is_bf16_ ? element_count(at, problem_.value_width) : 0),
                scratch.values.data() + at);
    }
    attend_block(keys, scratch, output);
  }
  for (int row = 0; row < rows_; ++row) {
    const SoftmaxState& state = scratch.rows[static_cast<std::size_t>(row)];
    const float factor = state.sum > 0 ? 1 / state.sum : 0;
    float* out = output + element_count(row, problem_.value_width);
    for (int i = 0; i < problem_.value_width; ++i) out[i] *= factor;
    log_sum_exps_[first_row + static_cast<std::size_t>(row)] =
        state.sum > 0 ? state.largest * static_cast<float>(problem_.scale()) + std::log(state.sum)
                      : -std::numeric_limits<float>::infinity();
  }
}

void Decode::attend_block(Range keys, Scratch& scratch, float* output) const {
  const auto scale = static_cast<float>(problem_.scale());
  const int width = problem_.value_width;
  kernels_.dots(scratch.keys.data(), keys.size(), scratch.q.data(), rows_, problem_.width,
                scratch.scores.data(), kKeys);
  for (int row = 0; row < rows_; ++row) {
    float* scores = scratch.scores.data() + element_count(row, kKeys);
    const Range seen = visible_keys(problem_.scores(), packed_.query(row));
    const int count = std::clamp(seen.last - keys.first, 0, keys.size());  // decode has no window
    std::fill(scores + count, scores + keys.size(), 0.0F);
    if (count == 0) continue;
    const float factor =
        kernels_.softmax(scores, count, scale, scratch.rows[static_cast<std::size_t>(row)]);
    if (factor == 1) continue;
    float* out = output + element_count(row, width);
    for (int i = 0; i < width; ++i) out[i] *= factor;
  }
  const auto& values = problem_.latent ? scratch.keys : scratch.values;
  kernels_.add(values.data(), keys.size(), scratch.scores.data(), kKeys, rows_, width, output);
}

void Decode::combine(const Pointers& arrays, std::int64_t tile,
                     std::vector<float>& row_output) const {
  const Part part = part_at(tile * splits_);
  for (int row = 0; row < rows_; ++row) {
    const int head = part.key_head * problem_.group() + packed_.head(row);
    const int query = packed_.query(row);
    CombinedRow combined;
    for (int split = 0; split < splits_; ++split) {
      combined.add(log_sum_exps_[partial_row(tile, split, row)]);
    }
    std::fill(row_output.begin(), row_output.end(), 0.0F);
    for (int split = 0; split < splits_; ++split) {
      const std::size_t at = partial_row(tile, split, row);
      const float weight = combined.weight(log_sum_exps_[at]);
      const float* from = outputs_.data() + at * row_output.size();
      for (std::size_t i = 0; i < row_output.size(); ++i) row_output[i] += weight * from[i];
    }
    const std::int64_t place = problem_.output_row(part.batch, query, head) * problem_.value_width;
    for (std::size_t i = 0; i < row_output.size(); ++i) {
      const auto to = static_cast<std::size_t>(place) + i;
      if (is_bf16_) {
        static_cast<std::uint16_t*>(arrays.output)[to] = to_bf16(row_output[i]);
      } else {
        static_cast<float*>(arrays.output)[to] = row_output[i];
      }
    }
    arrays.log_sum_exp[problem_.log_sum_exp_place(part.batch, head, query)] =
        combined.log_sum_exp();
  }
}

}  // namespace assay::attention
