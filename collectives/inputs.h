// Inputs whose sum every rank knows beforehand: small whole numbers by rank, index and round.
#pragma once

#include <cstdint>
#include <vector>

#include "harness/core/dtype.h"
#include "harness/measure/pattern.h"

namespace assay {

class ExactInputs {
 public:
  /// Throws Error where so many ranks cannot be added exactly in `element`. A new `round` changes
  /// every number, so that what is left from the last one is wrong in this one.
  ExactInputs(Dtype element, int ranks, std::uint64_t seed, std::uint64_t round);

  int at(int rank, std::size_t index) const;
  /// Over all ranks.
  int sum(std::size_t index) const { return sums_[index % kPeriod]; }

  Dtype element() const { return element_; }
  /// What `rank` holds before an operation, from `index` on.
  ElementPattern of_rank(int rank, std::size_t index = 0) const;
  /// The sum over all ranks, from `index` on.
  ElementPattern of_sum(std::size_t index = 0) const;

  static constexpr std::size_t kPeriod = 1021;  // a prime: no part's size is a multiple by habit

 private:
  template <class Number>
  ElementPattern pattern(std::size_t begin, Number number) const;

  Dtype element_;
  int largest_;
  std::uint64_t salt_;
  std::vector<int> sums_;
};

}  // namespace assay
