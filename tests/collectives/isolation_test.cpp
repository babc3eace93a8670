// The planned rounds and the named culprits, against fabrics whose faults are known.
#include "harness/fabric/isolation.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <set>

#include "harness/fabric/pairing.h"
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

  TEST_CASE("a round between two groups pairs only their members") {
    const std::vector<int> groups = {0, 1, 2, 0, 1, 2, 0};
    const Round round = random_round_between(groups, {0, 2}, 7);
    CHECK(round.size() == 2);
    for (const auto& [a, b] : round)
      CHECK(groups[static_cast<std::size_t>(a)] + groups[static_cast<std::size_t>(b)] == 2);
  }

  TEST_CASE("above 16 nodes every pair of a rack and every pair of racks is measured") {
    const SimulatedFabric fabric(64, 8, 1, 0, 1);
    Isolation isolation(fabric.fabric(), 1);
    std::set<Pair> inside, across;
    for (int round = 0; round < 14; ++round) {
      std::vector<PairReading> readings;
      for (const Probe& probe : isolation.next_round()) {
        readings.push_back({probe, 1});
        const Pair racks{probe.a / 8, probe.b / 8};
        if (racks.first == racks.second)
          inside.insert({probe.a, probe.b});
        else
          across.insert(std::minmax(racks.first, racks.second));
      }
      CHECK(readings.size() == 32);  // everybody is busy in every round: a bisection
      isolation.record(readings);
    }
    CHECK(inside.size() == 8 * 28);
    CHECK(across.size() == 28);
    CHECK(isolation.next_round().empty());
  }

  TEST_CASE("two nodes cannot accuse each other") {
    SimulatedFabric pair(2, 2, 1, 0.02, 1);
    pair.slow_node(0, 0.1);
    CHECK(pair.isolate(1).empty());
  }

  TEST_CASE("culprits are described by the names of what they are") {
    const std::vector<std::string> nodes = {"n0", "n1"}, racks = {"r0"};
    CHECK(describe({Kind::node, 1, -1, -1, 0.1, 0.001, {}}, nodes, racks, {}) == "node n1");
    CHECK(describe({Kind::nic, 1, -1, 3, 0.1, 0.001, {}}, nodes, racks, {}) == "NIC 3 of node n1");
    CHECK(describe({Kind::nic, 1, -1, 1, 0.1, 0.001, {}}, nodes, racks, {"eth0", "eth1"}) ==
          "NIC eth1 of node n1");
    CHECK(describe({Kind::link, 0, 1, -1, 0.1, 0.001, {}}, nodes, racks, {}) ==
          "link between node n0 and node n1");
    CHECK(describe({Kind::link, 0, 1, 2, 0.1, 0.001, {}}, nodes, racks, {}) ==
          "link between node n0 and node n1 through NIC 2");
    CHECK(describe({Kind::rack_uplink, 0, -1, -1, 0.1, 0.001, {}}, nodes, racks, {}) ==
          "uplink of rack r0");
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

  TEST_CASE("readings that scatter on a disturbed machine accuse nobody") {
    const std::uint64_t fabrics = seeds(100);
    std::uint64_t accused = 0;
    for (std::uint64_t seed = 0; seed < fabrics; ++seed) {
      SimulatedFabric starved(8, 8, 1, 0.02, seed);
      starved.disturb(0.3 + 0.1 * static_cast<double>(seed % 10));
      accused += starved.isolate(seed).empty() ? 0 : 1;
    }
    CHECK(accused <= fabrics / 100);
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
      CHECK(names(fabric.isolate(seed)) == std::set<Name>{{Kind::link, a, a + 1, -1}});
    }
  }

  TEST_CASE("64 hosts with planted faults give the truth and no false accusation") {
    for (std::uint64_t seed = 0; seed < seeds(40); ++seed) {
      SimulatedFabric fabric(64, 8, 4, 0.04, seed);
      std::mt19937_64 random(seed);
      const auto below = [&](int count) {
        return static_cast<int>(random() % static_cast<std::uint64_t>(count));
      };
      const auto factor = [&] { return 0.1 + 0.57 * below(1000) / 1000.0; };
      // Each in a rack of its own; the next test has two in one.
      std::vector<int> racks(8);
      std::iota(racks.begin(), racks.end(), 0);
      std::shuffle(racks.begin(), racks.end(), random);
      std::set<Name> truth;
      const auto plant = [&](Kind kind, int rack) {
        const int node = 8 * rack + below(7), rail = below(4);
        const int other = node + 1 + below(8 * rack + 7 - node);
        switch (kind) {
          case Kind::node:
            fabric.slow_node(node, factor());
            truth.insert({kind, node, -1, -1});
            break;
          case Kind::nic:
            fabric.slow_nic(node, rail, factor());
            truth.insert({kind, node, -1, rail});
            break;
          case Kind::link:
            fabric.slow_link(node, other, factor());
            truth.insert({kind, node, other, -1});
            break;
          case Kind::rack_uplink:
            fabric.slow_uplink(rack, factor());
            truth.insert({kind, rack, -1, -1});
        }
      };
      // One of each in turn, with none to two more of any kind.
      const int more = static_cast<int>(seed / 4 % 3);
      plant(static_cast<Kind>(seed % 4), racks[0]);
      for (int i = 1; i <= more; ++i)
        plant(static_cast<Kind>(below(4)), racks[static_cast<std::size_t>(i)]);
      int rounds = 0;
      CHECK_MESSAGE(names(fabric.isolate(seed, &rounds)) == truth, "seed " << seed);
      CHECK(rounds < 4 * 63 * 2 / 3);  // far fewer than all pairs would take
    }
  }

  TEST_CASE("a fault in the rack of a slow uplink is named beside it") {
    for (std::uint64_t seed = 0; seed < seeds(20); ++seed) {
      SimulatedFabric fabric(64, 8, 2, 0.04, seed);
      const int rack = static_cast<int>(seed % 8), node = 8 * rack + static_cast<int>(seed / 8 % 8);
      fabric.slow_uplink(rack, 0.5);
      std::set<Name> truth = {{Kind::rack_uplink, rack, -1, -1}};
      if (seed % 2 == 0) {
        fabric.slow_node(node, 0.3);
        truth.insert({Kind::node, node, -1, -1});
      } else {
        fabric.slow_nic(node, 1, 0.3);
        truth.insert({Kind::nic, node, -1, 1});
      }
      CHECK_MESSAGE(names(fabric.isolate(seed)) == truth, "seed " << seed);
    }
  }
}
