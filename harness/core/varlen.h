// Batches of sequences of different lengths: what the flag `varlen` of an attention shape means.
#pragma once

#include <cstdint>

namespace assay {

/// Sequences come in eights of these lengths, in eighths of the longest, which `sq` and `sk` name.
inline constexpr int kVarlenPeriod = 8;
inline constexpr int kVarlenEighths[kVarlenPeriod] = {8, 2, 5, 1, 4, 7, 3, 6};

/// Positions of a sequence, at least 1.
constexpr std::int64_t varlen_length(std::int64_t longest, std::int64_t sequence) {
  return (longest * kVarlenEighths[sequence % kVarlenPeriod] + 7) / 8;
}

/// How many of the first `sequences` have the length of sequence `which` < kVarlenPeriod.
constexpr std::int64_t varlen_count(std::int64_t sequences, int which) {
  return (sequences + kVarlenPeriod - 1 - which) / kVarlenPeriod;
}

/// Positions of all sequences before this one, which begins there: they are packed.
constexpr std::int64_t varlen_begin(std::int64_t longest, std::int64_t sequence) {
  std::int64_t begin = 0;
  for (int i = 0; i < kVarlenPeriod; ++i) {
    begin += varlen_count(sequence, i) * varlen_length(longest, i);
  }
  return begin;
}

}  // namespace assay
