// Multi-head latent attention's decode step on Hopper: its widths, which boxes of the cache a step
// brings, and which problems it refuses. Tiles, splits and packed rows are those of sm80/problem.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "kernels/attention/problem.h"
#include "kernels/attention/sm80/problem.h"
#include "kernels/hopper/budget.h"

namespace assay::attention::sm90 {

inline constexpr int kLatentWidth = 576;       ///< 512 of the latent and 64 that carry positions.
inline constexpr int kLatentValueWidth = 512;  ///< The latent alone.
inline constexpr int kLatentRows = 64;         ///< Packed rows of a block: those of a wgmma.
inline constexpr int kLatentKeys = sm80::kStepKeys;  ///< Of a step.
inline constexpr int kLatentStages = 2;
inline constexpr int kLatentConsumers = 2;  ///< Each has half of the columns of the output.
inline constexpr int kLatentColumns = kLatentValueWidth / kLatentConsumers;
inline constexpr int kLatentProducerRegisters = 40;

/// Pages of one step at the most: the smallest have 16 keys.
inline constexpr int kMostLatentBoxes = kLatentKeys / 16;

/// Keys of one box of the cache, which lie in one page.
constexpr int latent_box_keys(int page) { return page < kLatentKeys ? page : kLatentKeys; }

/// The boxes that bring a step's keys, one after the other, and the row of the cache at which each
/// begins. The last may go on past the last key.
struct LatentBoxes {
  int count = 0;
  int rows[kMostLatentBoxes] = {};
};

/// `table` is the sequence's; `keys` are those of a step, at least one.
constexpr LatentBoxes latent_boxes(const std::int32_t* table, int page, Range keys) {
  const int box = latent_box_keys(page);
  LatentBoxes boxes;
  for (int i = 0; i < kMostLatentBoxes; ++i) {
    const int key = keys.first + i * box;
    if (key >= keys.last) continue;
    boxes.rows[i] = table[key / page] * page + key % page;
    boxes.count = i + 1;
  }
  return boxes;
}

/// The blocks of a cluster have different rows for the same keys, and each brings a part of these
/// to all. Of the boxes along a key's width, block `rank` brings every `cluster`-th from this one
/// on; `box` counts those along keys.
constexpr int first_columns(int rank, int box, int cluster) { return (rank + box) % cluster; }

/// All but the pointers.
inline sm80::Arguments latent_arguments(const Problem& problem, int multiprocessors) {
  return sm80::arguments_of(problem, kLatentRows, multiprocessors, 1);
}

/// Blocks of a cluster: two where the tiles of the same keys are pairs, which are neighbours.
inline int latent_cluster(const sm80::Arguments& arguments) {
  return arguments.row_tiles % 2 == 0 ? 2 : 1;
}

inline std::optional<std::string> latent_refusal(const Problem& problem) {
  if (!problem.latent || problem.width != kLatentWidth ||
      problem.value_width != kLatentValueWidth || problem.key_heads != 1) {
    return "takes latent keys: hkv 1, d 576, dv 512";
  }
  if (problem.page != 16 && problem.page != 32 && problem.page % kLatentKeys != 0) {
    return "takes pages of 16, 32 or a multiple of 64 keys";
  }
  return std::nullopt;
}

}  // namespace assay::attention::sm90
