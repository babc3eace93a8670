// Rounds of disjoint pairs: all pairs by the circle method, random ones inside and across groups.
#include "harness/fabric/pairing.h"

#include <algorithm>
#include <map>
#include <numeric>

namespace assay {

namespace {

/// SplitMix64 (Steele, Lea, Flood 2014): the same draws with every standard library.
class Draws {
 public:
  explicit Draws(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }
  void shuffle(std::vector<int>& members) {
    for (std::size_t i = members.size(); i > 1; --i) std::swap(members[i - 1], members[next() % i]);
  }

 private:
  std::uint64_t state_;
};

Pair ordered(int a, int b) { return {std::min(a, b), std::max(a, b)}; }

}  // namespace

std::vector<Round> all_pairs(int count) {
  const int seats = count + count % 2;  // the last seat of an odd count is empty
  std::vector<Round> rounds;
  for (int round = 0; round + 1 < seats; ++round) {
    Round pairs;
    for (int i = 0; i < seats / 2; ++i) {
      // Seat 0 stays, the others move round the table by one each time.
      const auto at = [&](int seat) {
        return seat == 0 ? 0 : 1 + (seat - 1 + round) % (seats - 1);
      };
      const int a = at(i), b = at(seats - 1 - i);
      if (a < count && b < count) pairs.push_back(ordered(a, b));
    }
    if (!pairs.empty()) rounds.push_back(std::move(pairs));
  }
  return rounds;
}

Round random_round(std::vector<int> members, std::uint64_t seed) {
  Draws(seed).shuffle(members);
  Round round;
  for (std::size_t i = 0; i + 1 < members.size(); i += 2)
    round.push_back(ordered(members[i], members[i + 1]));
  return round;
}

Round random_round_between(const std::vector<int>& group_of, Pair groups, std::uint64_t seed) {
  std::vector<int> one, other;
  for (int member = 0; member < static_cast<int>(group_of.size()); ++member) {
    const int group = group_of[static_cast<std::size_t>(member)];
    if (group == groups.first) one.push_back(member);
    if (group == groups.second) other.push_back(member);
  }
  Draws draws(seed);
  draws.shuffle(one);
  draws.shuffle(other);
  Round round;
  for (std::size_t i = 0; i < std::min(one.size(), other.size()); ++i)
    round.push_back(ordered(one[i], other[i]));
  return round;
}

Round random_cross_round(const std::vector<int>& group_of, std::uint64_t seed) {
  std::vector<int> members(group_of.size());
  std::iota(members.begin(), members.end(), 0);
  Draws(seed).shuffle(members);
  std::map<int, std::vector<int>> groups;
  for (int member : members) groups[group_of[static_cast<std::size_t>(member)]].push_back(member);
  Round round;
  for (;;) {
    // The two largest groups give one member each: what is left over in the end is least.
    std::vector<std::vector<int>*> waiting;
    for (auto& [group, left] : groups)
      if (!left.empty()) waiting.push_back(&left);
    if (waiting.size() < 2) return round;
    std::partial_sort(waiting.begin(), waiting.begin() + 2, waiting.end(),
                      [](const auto* a, const auto* b) { return a->size() > b->size(); });
    round.push_back(ordered(waiting[0]->back(), waiting[1]->back()));
    waiting[0]->pop_back();
    waiting[1]->pop_back();
  }
}

}  // namespace assay
