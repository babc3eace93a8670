// Inputs whose sum every rank can compute: small integers that follow from rank, index and round.
#pragma once

#include <cstdint>
#include <vector>

#include "harness/core/dtype.h"
#include "harness/measure/pattern.h"

namespace assay {

class ExactInputs {
 public:
  /// Throws Error if the sum over so many ranks is not exact in `element`. A new `round` changes
  /// every number, so that leftovers of the previous round are wrong.
  ExactInputs(Dtype element, int ranks, std::uint64_t seed, std::uint64_t round);

  int at(int rank, std::size_t index) const;
  /// Over all ranks.
  int sum(std::size_t index) const { return sums_[index % kPeriod]; }

  Dtype element() const { return element_; }
  /// The input of `rank`, starting at `index`.
  ElementPattern of_rank(int rank, std::size_t index = 0) const;
  /// The sum over all ranks, starting at `index`.
  ElementPattern of_sum(std::size_t index = 0) const;

  static constexpr std::size_t kPeriod = 1021;  // a prime: usual part sizes are not multiples of it

 private:
  template <class Number>
  ElementPattern pattern(std::size_t begin, Number number) const;

  Dtype element_;
  int largest_;
  std::uint64_t salt_;
  std::vector<int> sums_;
};

}  // namespace assay
