// Batches of sequences of different lengths, packed one after the other without padding.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernels/attention/problem.h"

namespace assay::attention {

/// A block of queries of one sequence.
struct SequenceTile {
  int sequence, block;
};

/// Queries of a tile of the kernels that take their tiles from such arrays.
inline constexpr int kVarlenRows = 128;

/// What a kernel is given to find its place: begins of sequences[s] in the packed queries and keys
/// (one more than there are sequences), and the tiles of queries, longest sequences first.
struct VarlenView {
  const std::int32_t* query_begins = nullptr;
  const std::int32_t* key_begins = nullptr;
  const std::int32_t* order = nullptr;      ///< order[i] is the sequence that comes i-th.
  const std::int32_t* tile_ends = nullptr;  ///< tile_ends[i] tiles belong to order[0] ... order[i].
  int sequences = 0;

  /// Of the four arrays, one after the other.
  static constexpr VarlenView on(const std::int32_t* arrays, int sequences) {
    return {arrays, arrays + sequences + 1, arrays + 2 * (sequences + 1),
            arrays + 3 * sequences + 2, sequences};
  }

  constexpr int tiles() const { return sequences > 0 ? tile_ends[sequences - 1] : 0; }
  constexpr int queries(int s) const { return query_begins[s + 1] - query_begins[s]; }
  constexpr int keys(int s) const { return key_begins[s + 1] - key_begins[s]; }

  /// Tile number `i` < tiles(), by bisection; of one sequence the last block comes first.
  constexpr SequenceTile at(int i) const {
    int low = 0, high = sequences - 1;  // the answer is the first with tile_ends > i
    while (low < high) {
      const int middle = (low + high) / 2;
      if (tile_ends[middle] > i) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return {order[low], tile_ends[low] - 1 - i};
  }
};

/// The arrays of a view.
class VarlenPlan {
 public:
  /// Lengths of each sequence, which may be 0, and how many rows a query tile has.
  VarlenPlan(std::span<const std::int32_t> queries, std::span<const std::int32_t> keys,
             int tile_rows);

  VarlenView view() const { return VarlenView::on(arrays_.data(), sequences_); }
  /// What VarlenView::on() reads.
  const std::vector<std::int32_t>& arrays() const { return arrays_; }

 private:
  std::vector<std::int32_t> arrays_;
  int sequences_;
};

/// Of the sequences of a problem.
VarlenPlan varlen_plan(const Problem& problem, int tile_rows);

}  // namespace assay::attention
