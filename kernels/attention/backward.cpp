// Five products for each pair of blocks that the mask allows.
#include "kernels/attention/backward.h"

#include <algorithm>

#include "harness/core/dtype.h"
#include "harness/core/small_float.h"
#include "kernels/attention/tiles.h"

namespace assay::attention {

Backward::Backward(const Problem& problem, Dtype storage, ThreadPool& threads, Product product)
    : problem_(problem),
      is_bf16_(storage == Dtype::bf16),
      threads_(threads),
      product_(product),
      kernels_(vector_kernels(problem.width, problem.value_width)),
      rows_of_{is_bf16_, kernels_},
      key_blocks_((problem.keys + kKeys - 1) / kKeys),
      query_blocks_((problem.queries + kQueries - 1) / kQueries) {
  if (is_bf16_) rounded_later_.resize(element_count(problem.output_rows(), problem.width));
  const auto heads =
      static_cast<std::size_t>(problem.batches) * static_cast<std::size_t>(problem.query_heads);
  locks_ = std::make_unique<std::mutex[]>(heads * static_cast<std::size_t>(query_blocks_));
  for (int thread = 0; thread < threads.size(); ++thread) {
    Scratch scratch;
    if (is_bf16_) {
      scratch.k.resize(element_count(kKeys, problem.width));
      scratch.v.resize(element_count(kKeys, problem.value_width));
      scratch.q.resize(element_count(kQueries, problem.width));
      scratch.output.resize(element_count(kQueries, problem.value_width));
      scratch.gradient.resize(element_count(kQueries, problem.value_width));
    }
    scratch.p.resize(element_count(kQueries, kKeys));
    scratch.ds.resize(element_count(kQueries, kKeys));
    scratch.dk.resize(element_count(kKeys, problem.width));
    scratch.dv.resize(element_count(kKeys, problem.value_width));
    scratch_.push_back(std::move(scratch));
  }
}

void Backward::operator()(const Pointers& arrays) {
  query_gradients_ = is_bf16_ ? rounded_later_.data() : static_cast<float*>(arrays.dq);
  threads_.run([&](int thread) { clear_query_gradients(thread); });
  next_.store(0, std::memory_order_relaxed);
  const std::int64_t blocks =
      static_cast<std::int64_t>(problem_.batches) * problem_.key_heads * key_blocks_;
  threads_.run([&](int thread) {
    for (;;) {
      const std::int64_t block = next_.fetch_add(1, std::memory_order_relaxed);
      if (block >= blocks) return;
      take_key_block(arrays, block, scratch_[static_cast<std::size_t>(thread)]);
    }
  });
  if (!is_bf16_) return;
  threads_.run([&](int thread) {
    const Part part = part_of(problem_.output_rows(), thread, threads_.size());
    store(arrays.dq, part.first, static_cast<int>(part.last - part.first), 1, problem_.width,
          query_gradients_ + element_count(part.first, problem_.width));
  });
}

void Backward::clear_query_gradients(int thread) {
  const Part part = part_of(problem_.output_rows(), thread, threads_.size());
  std::fill(query_gradients_ + element_count(part.first, problem_.width),
            query_gradients_ + element_count(part.last, problem_.width), 0.0F);
}

/// The longest first: a causal mask leaves fewer queries to later keys.
void Backward::take_key_block(const Pointers& arrays, std::int64_t number, Scratch& scratch) {
  const std::int64_t heads = static_cast<std::int64_t>(problem_.batches) * problem_.key_heads;
  const std::int64_t head_number = number % heads;
  KeyBlock block;
  block.batch = static_cast<int>(head_number / problem_.key_heads);
  block.key_head = static_cast<int>(head_number % problem_.key_heads);
  block.keys = tile_range(static_cast<int>(number / heads), kKeys, problem_.keys);
  const std::int64_t first_row = problem_.key_row(block.batch, block.keys.first, block.key_head);
  block.k = rows_of_(arrays.k, first_row, block.keys.size(), problem_.key_heads, problem_.width,
                     scratch.k);
  block.v = rows_of_(arrays.v, first_row, block.keys.size(), problem_.key_heads,
                     problem_.value_width, scratch.v);
  std::fill(scratch.dk.begin(), scratch.dk.end(), 0.0F);
  std::fill(scratch.dv.begin(), scratch.dv.end(), 0.0F);
  const TileSpan span = query_tiles(problem_.scores(), block.keys, kQueries);
  for (int in_group = 0; in_group < problem_.group(); ++in_group) {
    for (int i = span.first; i < span.last; ++i) {
      take_queries(arrays, block, block.key_head * problem_.group() + in_group,
                   tile_range(i, kQueries, problem_.queries), scratch);
    }
  }
  store(arrays.dk, first_row, block.keys.size(), problem_.key_heads, problem_.width,
        scratch.dk.data());
  store(arrays.dv, first_row, block.keys.size(), problem_.key_heads, problem_.value_width,
        scratch.dv.data());
}

void Backward::take_queries(const Pointers& arrays, const KeyBlock& block, int head, Range queries,
                            Scratch& scratch) {
  const std::int64_t first_row = problem_.output_row(block.batch, queries.first, head);
  const int rows = queries.size(), keys = block.keys.size();
  const int width = problem_.width, value_width = problem_.value_width;
  const F32Rows q = rows_of_(arrays.q, first_row, rows, problem_.query_heads, width, scratch.q);
  const F32Rows gradient = rows_of_(arrays.output_gradient, first_row, rows, problem_.query_heads,
                                    value_width, scratch.gradient);
  float* p = scratch.p.data();
  float* ds = scratch.ds.data();
  product_(false, true, rows, keys, width, q.data, q.stride, block.k.data, block.k.stride, 0, p,
           kKeys);
  product_(false, true, rows, keys, value_width, gradient.data, gradient.stride, block.v.data,
           block.v.stride, 0, ds, kKeys);
  score_gradients(arrays, block, head, queries, gradient, scratch);
  product_(true, false, keys, value_width, rows, p, kKeys, gradient.data, gradient.stride, 1,
           scratch.dv.data(), value_width);
  product_(true, false, keys, width, rows, ds, kKeys, q.data, q.stride, 1, scratch.dk.data(),
           width);
  const std::int64_t lock =
      (static_cast<std::int64_t>(block.batch) * problem_.query_heads + head) * query_blocks_ +
      queries.first / kQueries;
  const std::lock_guard one_at_a_time(locks_[static_cast<std::size_t>(lock)]);
  product_(false, false, rows, width, keys, ds, kKeys, block.k.data, block.k.stride, 1,
           query_gradients_ + first_row * width, problem_.query_heads * width);
}

/// Scores and dP of a block become P and dS, with 0 where the mask forbids.
void Backward::score_gradients(const Pointers& arrays, const KeyBlock& block, int head,
                               Range queries, const F32Rows& gradient, Scratch& scratch) const {
  const auto scale = static_cast<float>(problem_.scale());
  const int keys = block.keys.size(), width = problem_.value_width;
  const F32Rows output =
      rows_of_(arrays.output, problem_.output_row(block.batch, queries.first, head), queries.size(),
               problem_.query_heads, width, scratch.output);
  for (int query = queries.first; query < queries.last; ++query) {
    const int row = query - queries.first;
    float* p = scratch.p.data() + element_count(row, kKeys);
    float* ds = scratch.ds.data() + element_count(row, kKeys);
    const Range seen = visible_keys(problem_.scores(), query);
    const int first = std::clamp(seen.first - block.keys.first, 0, keys);
    const int last = std::clamp(seen.last - block.keys.first, first, keys);
    for (float* values : {p, ds}) {
      std::fill(values, values + first, 0.0F);
      std::fill(values + last, values + keys, 0.0F);
    }
    if (first == last) continue;
    const float* output_row = output.row(row);
    float sum = 0;
    kernels_.dots(&output_row, 1, gradient.row(row), 1, width, &sum, 1);
    kernels_.score_gradients(
        p + first, ds + first, last - first, scale,
        arrays.log_sum_exp[problem_.log_sum_exp_place(block.batch, head, query)], sum);
  }
}

void Backward::store(void* array, std::int64_t first_row, int count, int heads, int width,
                     const float* from) const {
  for (int row = 0; row < count; ++row, from += width) {
    const std::int64_t place = (first_row + static_cast<std::int64_t>(row) * heads) * width;
    if (is_bf16_) {
      std::transform(from, from + width, static_cast<std::uint16_t*>(array) + place,
                     [](float value) { return to_bf16(value); });
    } else {
      std::copy(from, from + width, static_cast<float*>(array) + place);
    }
  }
}

}  // namespace assay::attention
