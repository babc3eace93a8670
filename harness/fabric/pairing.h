// Rounds of disjoint pairs, so that no pair's traffic disturbs another's.
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

/// One round of random pairs among `members`, drawn from `seed`; of an odd number, one sits out.
Round random_round(std::vector<int> members, std::uint64_t seed);

/// One round of random pairs between two groups; `group_of[member]` is a member's group.
Round random_round_between(const std::vector<int>& group_of, Pair groups, std::uint64_t seed);

/// One round of random pairs across groups, as far as the groups allow; `group_of[member]` is a
/// member's group.
Round random_cross_round(const std::vector<int>& group_of, std::uint64_t seed);

}  // namespace assay
