// Batches of sequences of different lengths, packed one after the other without padding.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace assay::attention {

/// A block of queries of one sequence.
struct SequenceTile {
  int sequence, block;
};

/// What a kernel is given to find its place: begins of sequences[s] in the packed queries and keys
/// (one more than there are sequences), and the tiles of queries, longest sequences first.
struct VarlenView {
  const std::int32_t* query_begins;
  const std::int32_t* key_begins;
  const std::int32_t* order;      ///< order[i] is the sequence that comes i-th.
  const std::int32_t* tile_ends;  ///< tile_ends[i] tiles belong to order[0] ... order[i].
  int sequences;

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

  VarlenView view() const {
    return {query_begins_.data(), key_begins_.data(), order_.data(), tile_ends_.data(),
            static_cast<int>(order_.size())};
  }

 private:
  std::vector<std::int32_t> query_begins_, key_begins_, order_, tile_ends_;
};

}  // namespace assay::attention
