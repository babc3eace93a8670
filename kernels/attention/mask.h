// Which keys a query attends to: the arithmetic that kernels, emulator and references share.
//
// Positions are aligned bottom-right, as in FlashAttention and cuDNN: the last query stands at the
// last key. With more queries than keys the first queries attend to nothing.
#pragma once

#include <cstdint>

namespace assay::attention {

/// Indices first <= i < last; empty where last <= first.
struct Range {
  int first = 0, last = 0;

  constexpr bool empty() const { return last <= first; }
  constexpr int size() const { return empty() ? 0 : last - first; }
  constexpr bool has(int i) const { return first <= i && i < last; }
  friend constexpr bool operator==(const Range&, const Range&) = default;
};

struct Mask {
  /// `window`: causal, and only the last `width` keys, the query's own position included.
  enum class Kind { full, causal, window };

  Kind kind = Kind::full;
  int width = 0;  ///< Of a window, at least 1.

  friend constexpr bool operator==(const Mask&, const Mask&) = default;
};

/// The scores of one head: queries x keys, both below 2^30.
struct Scores {
  int queries = 0, keys = 0;
  Mask mask;

  /// The key at which query 0 stands; negative with more queries than keys.
  constexpr int offset() const { return keys - queries; }
};

constexpr int clamped(int value, int most) { return value < 0 ? 0 : value < most ? value : most; }

/// Both ends never fall from one query to the next; {0, 0} for a query that attends to nothing.
constexpr Range visible_keys(const Scores& scores, int query) {
  if (scores.mask.kind == Mask::Kind::full) return {0, scores.keys};
  const int end = query + scores.offset() + 1;
  if (scores.mask.kind == Mask::Kind::causal) return {0, clamped(end, scores.keys)};
  return {clamped(end - scores.mask.width, scores.keys), clamped(end, scores.keys)};
}

/// The same counted from `key` on, for the keys from there on: not clamped, so that a kernel holds
/// one number a row.
constexpr Range visible_from(const Scores& scores, int query, int key) {
  const int keys = scores.keys - key;
  if (scores.mask.kind == Mask::Kind::full) return {0, keys};
  const int end = query - key + scores.offset() + 1;
  const int first = scores.mask.kind == Mask::Kind::causal ? 0 : end - scores.mask.width;
  return {first, end < keys ? end : keys};
}

/// The queries that attend to a key. Both ends never fall from one key to the next; {0, 0} for a
/// key that no query attends to.
constexpr Range visible_queries(const Scores& scores, int key) {
  if (scores.mask.kind == Mask::Kind::full) return {0, scores.queries};
  const int first = clamped(key - scores.offset(), scores.queries);
  if (scores.mask.kind == Mask::Kind::causal) return {first, scores.queries};
  const int last = clamped(key - scores.offset() + scores.mask.width, scores.queries);
  return {first, last};
}

}  // namespace assay::attention
