// A tile of queries of one head goes over the tiles of keys that it attends to.
#include "kernels/attention/prefill.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "harness/core/dtype.h"
#include "harness/core/small_float.h"

namespace assay::attention {

Prefill::Prefill(const Problem& problem, Dtype storage, ThreadPool& threads, BlockProduct product)
    : problem_(problem),
      is_bf16_(storage == Dtype::bf16),
      threads_(threads),
      product_(product),
      kernels_(vector_kernels(problem.width, problem.value_width)),
      rows_of_{is_bf16_, kernels_},
      order_((problem.queries + kQueries - 1) / kQueries,
             static_cast<std::int64_t>(problem.batches) * problem.query_heads,
             static_cast<std::int64_t>(problem.batches) * problem.query_heads),
      sequences_(varlen_plan(problem, kQueries)) {
  for (int thread = 0; thread < threads.size(); ++thread) {
    Scratch scratch;
    if (is_bf16_) {
      scratch.q.resize(element_count(kQueries, problem.width));
      scratch.k.resize(element_count(kKeys, problem.width));
      scratch.v.resize(element_count(kKeys, problem.value_width));
    }
    scratch.scores.resize(element_count(kQueries, kKeys));
    scratch.output.resize(element_count(kQueries, problem.value_width));
    scratch.rows.resize(kQueries);
    scratch_.push_back(std::move(scratch));
  }
}

void Prefill::operator()(const Pointers& arrays) {
  next_.store(0, std::memory_order_relaxed);
  threads_.run([&](int thread) {
    Scratch& scratch = scratch_[static_cast<std::size_t>(thread)];
    for (;;) {
      const std::int64_t tile = next_.fetch_add(1, std::memory_order_relaxed);
      if (tile >= tiles()) return;
      attend_tile(arrays, tile_at(tile), scratch);
    }
  });
}

std::int64_t Prefill::tiles() const {
  if (!problem_.varlen) return order_.count();
  return static_cast<std::int64_t>(sequences_.view().tiles()) * problem_.query_heads;
}

Prefill::Tile Prefill::tile_at(std::int64_t i) const {
  const int heads = problem_.query_heads;
  if (!problem_.varlen) {
    const QueryTile tile = order_.at(i);
    return {static_cast<int>(tile.head / heads), static_cast<int>(tile.head % heads), tile.block};
  }
  const SequenceTile tile = sequences_.view().at(static_cast<int>(i / heads));
  return {tile.sequence, static_cast<int>(i % heads), tile.block};
}

void Prefill::attend_tile(const Pointers& arrays, Tile tile, Scratch& scratch) const {
  const auto [batch, head, block_of_queries] = tile;
  const int key_head = head / problem_.group();
  const Scores of = problem_.scores_of(batch);
  const Range queries = tile_range(block_of_queries, kQueries, of.queries);
  const std::int64_t first_row = problem_.output_row(batch, queries.first, head);
  const F32Rows q = rows_of_(arrays.q, first_row, queries.size(), problem_.query_heads,
                             problem_.width, scratch.q);
  std::fill(scratch.rows.begin(), scratch.rows.end(), SoftmaxState{});
  const TileSpan span = key_tiles(of, queries, kKeys);
  // Blocks at the mask's edges are cut to the keys that some query of the tile attends to.
  const Range seen{visible_keys(of, queries.first).first, visible_keys(of, queries.last - 1).last};
  for (int block = span.first; block < span.last; ++block) {
    const Range block_keys = tile_range(block, kKeys, of.keys);
    const Range keys{std::max(block_keys.first, seen.first), std::min(block_keys.last, seen.last)};
    const std::int64_t first_key = problem_.key_row(batch, keys.first, key_head);
    const F32Rows k =
        rows_of_(arrays.k, first_key, keys.size(), problem_.key_heads, problem_.width, scratch.k);
    const F32Rows v = rows_of_(arrays.v, first_key, keys.size(), problem_.key_heads,
                               problem_.value_width, scratch.v);
    product_(true, queries.size(), keys.size(), problem_.width, q.data, q.stride, k.data, k.stride,
             0, scratch.scores.data(), kKeys);
    attend_keys(of, queries, keys, block == span.first, v, scratch);
  }
  finish(arrays, batch, head, queries, scratch);
}

void Prefill::attend_keys(const Scores& of, Range queries, Range keys, bool is_first, F32Rows v,
                          Scratch& scratch) const {
  const auto scale = static_cast<float>(problem_.scale());
  const int width = problem_.value_width;
  for (int query = queries.first; query < queries.last; ++query) {
    const int row = query - queries.first;
    float* scores = scratch.scores.data() + element_count(row, kKeys);
    const Range seen = visible_keys(of, query);
    const int first = std::clamp(seen.first - keys.first, 0, keys.size());
    const int last = std::clamp(seen.last - keys.first, first, keys.size());
    std::fill(scores, scores + first, 0.0F);
    std::fill(scores + last, scores + keys.size(), 0.0F);
    if (first == last) continue;
    const float factor = kernels_.softmax(scores + first, last - first, scale,
                                          scratch.rows[static_cast<std::size_t>(row)]);
    if (is_first || factor == 1) continue;
    float* output = scratch.output.data() + element_count(row, width);
    for (int i = 0; i < width; ++i) output[i] *= factor;
  }
  product_(false, queries.size(), width, keys.size(), scratch.scores.data(), kKeys, v.data,
           v.stride, is_first ? 0.0F : 1.0F, scratch.output.data(), width);
}

void Prefill::finish(const Pointers& arrays, int batch, int head, Range queries,
                     Scratch& scratch) const {
  const int width = problem_.value_width;
  for (int query = queries.first; query < queries.last; ++query) {
    const int row = query - queries.first;
    const SoftmaxState& state = scratch.rows[static_cast<std::size_t>(row)];
    const bool is_empty = state.sum == 0;  // the query attends to nothing, and output is not set
    const float factor = is_empty ? 0 : 1 / state.sum;
    const float* from = scratch.output.data() + element_count(row, width);
    const std::int64_t place = problem_.output_row(batch, query, head) * width;
    for (int i = 0; i < width; ++i) {
      const float value = is_empty ? 0 : from[i] * factor;
      if (is_bf16_) {
        static_cast<std::uint16_t*>(arrays.output)[place + i] = to_bf16(value);
      } else {
        static_cast<float*>(arrays.output)[place + i] = value;
      }
    }
    arrays.log_sum_exp[problem_.log_sum_exp_place(batch, head, query)] =
        is_empty ? -std::numeric_limits<float>::infinity()
                 : state.largest * static_cast<float>(problem_.scale()) + std::log(state.sum);
  }
}

}  // namespace assay::attention
