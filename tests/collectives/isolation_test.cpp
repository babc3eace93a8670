// The planned rounds and the named culprits, against fabrics whose faults are known.
#include "collectives/isolation.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <set>

#include "tests/collectives/simulated_fabric.h"

using namespace assay;
using assay::test::SimulatedFabric;

namespace {

using Kind = Culprit::Kind;

/// Kind, a, b, rail: what a culprit is, without its figures.
using Name = std::tuple<Kind, int, int, int>;

std::set<Name> names(const std::vector<Culprit>& culprits) {
  std::set<Name> set;
  for (const Culprit& culprit : culprits)
    set.insert({culprit.kind, culprit.a, culprit.b, culprit.rail});
  return set;
}

std::uint64_t seeds(std::uint64_t fewest) {
  const char* count = std::getenv("ASSAY_SOAK_COUNT");
  return count == nullptr ? fewest : std::strtoull(count, nullptr, 10);
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("every pair meets once and nobody is in a round twice") {
    for (int count = 2; count <= 17; ++count) {
      const std::vector<Round> rounds = all_pairs(count);
      CHECK(static_cast<int>(rounds.size()) == (count % 2 == 0 ? count - 1 : count));
      std::set<Pair> met;
      for (const Round& round : rounds) {
        std::set<int> busy;
        for (const Pair& pair : round) {
          CHECK(met.insert(pair).second);
          CHECK(busy.insert(pair.first).second);
          CHECK(busy.insert(pair.second).second);
        }
      }
      CHECK(static_cast<int>(met.size()) == count * (count - 1) / 2);
    }
  }

  TEST_CASE("cross rounds pair members of different groups and leave out as few as they can") {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
      const std::vector<int> groups = {0, 0, 0, 0, 1, 1, 2, 2, 2};
      const Round round = random_cross_round(groups, seed);
      CHECK(round.size() == 4);
      for (const auto& [a, b] : round)
        CHECK(groups[static_cast<std::size_t>(a)] != groups[static_cast<std::size_t>(b)]);
    }
  }

  TEST_CASE("two nodes cannot accuse each other") {
    SimulatedFabric pair(2, 2, 1, 0.02, 1);
    pair.slow_node(0, 0.1);
    CHECK(pair.isolate(1).empty());
  }

  TEST_CASE("culprits are described by the names of what they are") {
    const std::vector<std::string> nodes = {"n0", "n1"}, racks = {"r0"};
    CHECK(describe({Kind::node, 1, -1, -1, 0.1, {}}, nodes, racks) == "node n1");
    CHECK(describe({Kind::nic, 1, -1, 3, 0.1, {}}, nodes, racks) == "NIC 3 of node n1");
    CHECK(describe({Kind::link, 0, 1, 0, 0.1, {}}, nodes, racks) ==
          "link between node n0 and node n1");
    CHECK(describe({Kind::rack_uplink, 0, -1, -1, 0.1, {}}, nodes, racks) == "uplink of rack r0");
  }
}

TEST_SUITE("property") {
  TEST_CASE("a healthy or uniformly slow fabric accuses nobody") {
    for (std::uint64_t seed = 0; seed < seeds(50); ++seed) {
      for (const int nodes : {3, 8, 16, 64}) {
        SimulatedFabric healthy(nodes, 8, 2, 0.04, seed);
        CHECK(healthy.isolate(seed).empty());
        SimulatedFabric slow(nodes, 8, 1, 0.04, seed);
        slow.slow_everything(0.1);
        CHECK(slow.isolate(seed).empty());
      }
    }
  }

  TEST_CASE("one slow node of eight is named and no other also at two thirds") {
    for (std::uint64_t seed = 0; seed < seeds(100); ++seed) {
      SimulatedFabric fabric(8, 8, 1, 0.04, seed);
      const int victim = static_cast<int>(seed % 8);
      fabric.slow_node(victim, seed % 2 == 0 ? 0.1 : 0.667);
      CHECK(names(fabric.isolate(seed)) == std::set<Name>{{Kind::node, victim, -1, -1}});
    }
  }

  TEST_CASE("two slow nodes of eight are both named") {
    for (std::uint64_t seed = 0; seed < seeds(100); ++seed) {
      SimulatedFabric fabric(8, 8, 1, 0.04, seed);
      const int one = static_cast<int>(seed % 8), two = static_cast<int>((seed / 8 + 1 + one) % 8);
      fabric.slow_node(one, 0.3);
      if (two != one) fabric.slow_node(two, 0.5);
      std::set<Name> truth = {{Kind::node, one, -1, -1}, {Kind::node, two, -1, -1}};
      CHECK(names(fabric.isolate(seed)) == truth);
    }
  }

  TEST_CASE("a slow link is named as the link and not as its ends") {
    for (std::uint64_t seed = 0; seed < seeds(100); ++seed) {
      SimulatedFabric fabric(8, 8, 1, 0.04, seed);
      const int a = static_cast<int>(seed % 7);
      fabric.slow_link(a, a + 1, 0.5);
      CHECK(names(fabric.isolate(seed)) == std::set<Name>{{Kind::link, a, a + 1, 0}});
    }
  }

  TEST_CASE("64 hosts with planted faults give the truth and no false accusation") {
    for (std::uint64_t seed = 0; seed < seeds(60); ++seed) {
      SimulatedFabric fabric(64, 8, 4, 0.04, seed);
      std::mt19937_64 random(seed);
      std::set<Name> truth;
      const int node = static_cast<int>(random() % 64);
      const int rail = static_cast<int>(random() % 4);
      const int rack = static_cast<int>(random() % 8);
      switch (seed % 4) {
        case 0:
          fabric.slow_node(node, 0.5);
          truth = {{Kind::node, node, -1, -1}};
          break;
        case 1:
          fabric.slow_nic(node, rail, 0.3);
          truth = {{Kind::nic, node, -1, rail}};
          break;
        case 2:
          fabric.slow_uplink(rack, 0.5);
          truth = {{Kind::rack_uplink, rack, -1, -1}};
          break;
        default:
          fabric.slow_uplink(rack, 0.5);
          fabric.slow_node(node, 0.3);
          truth = {{Kind::rack_uplink, rack, -1, -1}, {Kind::node, node, -1, -1}};
      }
      int rounds = 0;
      CHECK_MESSAGE(names(fabric.isolate(seed, &rounds)) == truth, "seed " << seed);
      CHECK(rounds < 4 * 63 / 2);  // far fewer than all pairs would take
    }
  }
}
