// Who is paired with whom: disjoint rounds, so that no pair's traffic stands in another's way.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace assay {

using Pair = std::pair<int, int>;  // first < second
using Round = std::vector<Pair>;   // no member twice

/// Every pair of `count` members exactly once: count - 1 rounds for an even count, count rounds
/// for an odd one (each member sits out once). The circle method.
std::vector<Round> all_pairs(int count);

/// One round among `members` in an order that `seed` draws; an odd one sits out.
Round random_round(std::vector<int> members, std::uint64_t seed);

/// One round between two groups: random partners of the other; `group_of[member]`.
Round random_round_between(const std::vector<int>& group_of, Pair groups, std::uint64_t seed);

/// One round of random partners in other groups, as far as groups allow; `group_of[member]`.
Round random_cross_round(const std::vector<int>& group_of, std::uint64_t seed);

}  // namespace assay
