// Inputs whose sum every rank knows beforehand: small whole numbers by rank, index and round.
#pragma once

#include <cstdint>
#include <vector>

#include "collectives/element.h"

namespace assay {

class ExactInputs {
 public:
  /// Throws Error where so many ranks cannot be added exactly in `element`. A new `round` changes
  /// every number, so that what is left from the last one is wrong in this one.
  ExactInputs(MovedElement element, int ranks, std::uint64_t seed, std::uint64_t round);

  int at(int rank, std::size_t index) const;
  /// Over all ranks.
  int sum(std::size_t index) const { return sums_[index % kPeriod]; }

  /// Writes what `rank` holds before an operation.
  void fill(int rank, std::byte* out, std::size_t count) const;

 private:
  static constexpr std::size_t kPeriod = 1021;  // a prime: no part's size is a multiple by habit

  MovedElement element_;
  int largest_;
  std::uint64_t salt_;
  std::vector<int> sums_;
};

}  // namespace assay
