// What an attention case computes, read from its shape. Light, so that a .cu may include it.
//
// For each batch and query head: S = Q K^T / sqrt(d), P = softmax(S) over the keys that the mask
// allows, O = P V, and the log-sum-exp of each row of S in natural units. Rows of positions are
// [batch, position, head, width], the log-sum-exp is [batch, query head, query] in f32. A query
// that attends to nothing has O = 0 and a log-sum-exp of minus infinity. Query head h shares key
// head h / (hq / hkv).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "harness/core/dtype.h"
#include "harness/core/varlen.h"
#include "kernels/attention/mask.h"
#include "kernels/attention/page_table.h"

namespace assay {

class Shape;

namespace attention {

enum class Workload { forward, decode, backward };

/// `attention_forward`, `attention_decode`, `attention_backward`.
const char* name(Workload workload);

struct Problem {
  int batches = 1;
  int query_heads = 1, key_heads = 1;
  int queries = 1, keys = 1;  ///< Of each sequence; with `varlen` of the longest.
  int width = 128;            ///< Of a query and a key.
  int value_width = 128;      ///< Of a value and an output.
  Mask mask;
  int page = 0;  ///< Keys in a page of the cache; 0: keys are not paged.
  /// Sequences have the lengths of harness/core/varlen.h and are packed: rows of positions are
  /// [position, head, width], the log-sum-exp is [query head, position].
  bool varlen = false;
  /// Values are the first `value_width` elements of their keys, as in multi-head latent attention:
  /// the cache of keys is the only one.
  bool latent = false;

  /// Query heads that share a key head.
  int group() const { return query_heads / key_heads; }
  Scores scores() const { return {queries, keys, mask}; }
  int queries_of(int batch) const {
    return varlen ? static_cast<int>(varlen_length(queries, batch)) : queries;
  }
  int keys_of(int batch) const {
    return varlen ? static_cast<int>(varlen_length(keys, batch)) : keys;
  }
  Scores scores_of(int batch) const { return {queries_of(batch), keys_of(batch), mask}; }
  /// Queries and keys of the sequences before this one.
  std::int64_t first_query(int batch) const {
    return varlen ? varlen_begin(queries, batch) : static_cast<std::int64_t>(batch) * queries;
  }
  std::int64_t first_key(int batch) const {
    return varlen ? varlen_begin(keys, batch) : static_cast<std::int64_t>(batch) * keys;
  }
  /// Factor of the scores.
  double scale() const;
  /// Rows of O: batches x queries x query heads, in this order.
  std::int64_t output_rows() const { return first_query(batches) * query_heads; }
  std::int64_t key_rows() const { return first_key(batches) * key_heads; }
  /// Rows of Q and O, rows of K and V without pages, and places in the log-sum-exp.
  std::int64_t output_row(int batch, int query, int head) const {
    return (first_query(batch) + query) * query_heads + head;
  }
  std::int64_t key_row(int batch, int key, int key_head) const {
    return (first_key(batch) + key) * key_heads + key_head;
  }
  std::int64_t log_sum_exp_place(int batch, int head, int query) const {
    if (varlen) return head * first_query(batches) + first_query(batch) + query;
    return (static_cast<std::int64_t>(batch) * query_heads + head) * queries + query;
  }
  int pages_a_sequence() const { return pages_for(keys, page); }
  CacheLayout key_cache() const { return {page, key_heads, width}; }
  /// With `latent`, of rows that begin with the value.
  CacheLayout value_cache() const { return {page, key_heads, latent ? width : value_width}; }
  /// Elements of a key and its value in memory.
  int stored_width() const { return latent ? width : width + value_width; }
};

/// How elements are stored, and how the products of matrices are added up.
struct Types {
  Dtype storage = Dtype::f32;  ///< Of Q, K and V.
  Dtype output = Dtype::f32;   ///< Of O; the log-sum-exp is f32.
  Accumulation product = {};
  /// As fp8.h says: Q, K and V are what is stored times a scale of each head, and V is stored by
  /// columns, [batch, key head, width, key].
  bool scaled_columns = false;

  friend bool operator==(const Types&, const Types&) = default;
};

/// One pass. With pages, K and V are caches (page_table.h) and `table` names the pages of sequence
/// b from table[b * pages_a_sequence] on; else both are rows of positions, and it is null. With
/// `latent`, V is K. A backward pass reads `output` and `log_sum_exp`.
struct Pointers {
  const void* q = nullptr;
  const void* k = nullptr;
  const void* v = nullptr;
  const std::int32_t* table = nullptr;
  int pages = 0;  ///< Of each cache.
  void* output = nullptr;
  float* log_sum_exp = nullptr;
  const void* output_gradient = nullptr;  ///< dO, like O; as all below, of a backward pass alone.
  void* dq = nullptr;                     ///< Like Q; the next two like K and V.
  void* dk = nullptr;
  void* dv = nullptr;
  const std::int32_t* sequences = nullptr;  ///< With `varlen`: VarlenPlan::arrays() of kVarlenRows.
  const float* scales = nullptr;            ///< With Types::scaled_columns: as HeadScales has them.
};

/// Elements of `rows` rows of `width`.
constexpr std::size_t element_count(std::int64_t rows, int width) {
  return static_cast<std::size_t>(rows) * static_cast<std::size_t>(width);
}

/// A problem, or one line that says what is wrong with the shape.
struct ParsedProblem {
  std::optional<Problem> problem;
  std::string refusal;
};

/// Reads b, hq, hkv, sq, sk, d, then dv where it is not d, then causal, full or w<N>, for decode
/// page and perhaps latent, and for a forward pass perhaps varlen, in this order.
ParsedProblem problem_of(Workload workload, const Shape& shape);

}  // namespace attention
}  // namespace assay
