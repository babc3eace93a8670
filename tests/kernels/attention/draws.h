// Seeded draws for property tests of attention's arithmetic.
#pragma once

#include "kernels/attention/mask.h"
#include "kernels/inputs.h"

namespace assay::test {

/// One stream of numbers a round.
class Draws {
 public:
  Draws(int round, std::uint32_t property)
      : array_{static_cast<std::uint64_t>(round), property, 0} {}

  /// From `least` to `most`, both included.
  int between(int least, int most) {
    const auto choices = static_cast<std::uint64_t>(most - least + 1);
    return least + static_cast<int>(random_bits(array_, next_++) % choices);
  }

  attention::Scores scores(int most_queries, int most_keys) {
    attention::Scores scores{between(1, most_queries), between(1, most_keys), {}};
    scores.mask.kind = static_cast<attention::Mask::Kind>(between(0, 2));
    if (scores.mask.kind == attention::Mask::Kind::window)
      scores.mask.width = between(1, most_keys + 3);
    return scores;
  }

 private:
  InputArray array_;
  std::uint64_t next_ = 0;
};

/// The definition of the masks, in no way shared with what is tested.
inline bool is_allowed(const attention::Scores& s, int query, int key) {
  const int distance = query + (s.keys - s.queries) - key;  // how far the key lies behind the query
  switch (s.mask.kind) {
    case attention::Mask::Kind::full:
      return true;
    case attention::Mask::Kind::causal:
      return distance >= 0;
    case attention::Mask::Kind::window:
      return distance >= 0 && distance < s.mask.width;
  }
  return false;
}

}  // namespace assay::test
