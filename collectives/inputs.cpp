// Draws the numbers by a hash, and adds them up once a round.
#include "collectives/inputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/core/error.h"

namespace assay {

namespace {

/// SplitMix64's finaliser (Steele, Lea, Flood 2014).
std::uint64_t mixed(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

}  // namespace

ExactInputs::ExactInputs(Dtype element, int ranks, std::uint64_t seed, std::uint64_t round)
    : element_(element),
      largest_(static_cast<int>(std::min<std::int64_t>(8, exact_limit(element) / ranks))),
      salt_(mixed(seed * 0x9E3779B97F4A7C15 + round)) {
  if (largest_ < 1)
    throw Error(
        fmt::format("{} ranks cannot be added exactly in an element whose whole numbers "
                    "end at {}: choose a wider dtype",
                    ranks, exact_limit(element)));
  sums_.assign(kPeriod, 0);
  for (std::size_t index = 0; index < kPeriod; ++index)
    for (int rank = 0; rank < ranks; ++rank) sums_[index] += at(rank, index);
}

int ExactInputs::at(int rank, std::size_t index) const {
  const std::uint64_t where = (static_cast<std::uint64_t>(rank) << 32) + index % kPeriod;
  const auto choices = static_cast<std::uint64_t>(2 * largest_ + 1);
  return static_cast<int>(mixed(salt_ ^ (where + 1)) % choices) - largest_;
}

template <class Number>
ElementPattern ExactInputs::pattern(std::size_t begin, Number number) const {
  std::vector<float> period(kPeriod);
  for (std::size_t i = 0; i < kPeriod; ++i)
    period[i] = static_cast<float>(number(begin % kPeriod + i));
  return {size_of(element_), encode(element_, period)};
}

ElementPattern ExactInputs::of_rank(int rank, std::size_t index) const {
  return pattern(index, [&](std::size_t i) { return at(rank, i); });
}

ElementPattern ExactInputs::of_sum(std::size_t index) const {
  return pattern(index, [&](std::size_t i) { return sum(i); });
}

}  // namespace assay
