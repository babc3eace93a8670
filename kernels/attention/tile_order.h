// The order in which a persistent kernel takes query tiles: longest first, heads that share L2 near
// each other.
#pragma once

#include <cstdint>

namespace assay::attention {

struct QueryTile {
  int block;          ///< Of queries; a later one never attends to fewer keys.
  std::int64_t head;  ///< batch * query heads + query head.
};

/// Longest first: whoever finishes early takes what is left, and what is left is short. Heads come
/// in sections whose keys and values stay in L2 while all of their blocks run; in a section the
/// last block of every head comes first.
class TileOrder {
 public:
  constexpr TileOrder(int blocks, std::int64_t heads, std::int64_t section)
      : blocks_(blocks), heads_(heads), section_(section < heads ? section : heads) {}

  constexpr std::int64_t count() const { return blocks_ * heads_; }

  constexpr QueryTile at(std::int64_t i) const {
    const std::int64_t first_head = i / (section_ * blocks_) * section_;
    const std::int64_t here = heads_ - first_head < section_ ? heads_ - first_head : section_;
    const std::int64_t inside = i - first_head * blocks_;
    return {static_cast<int>(blocks_ - 1 - inside / here), first_head + inside % here};
  }

 private:
  int blocks_;
  std::int64_t heads_, section_;
};

/// Of L2, for what the tiles of the heads share that are worked on at a time.
inline constexpr std::int64_t kSectionBytes = 32 << 20;

/// The query heads of a section: a power of two of key heads whose keys and values fit `budget`
/// bytes, at least one, times the query heads that share one.
constexpr std::int64_t section_heads(std::int64_t key_head_bytes, std::int64_t budget, int group) {
  std::int64_t key_heads = 1;
  while (2 * key_heads * key_head_bytes <= budget) key_heads *= 2;
  return key_heads * group;
}

}  // namespace assay::attention
