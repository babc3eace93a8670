// A node's devices measured as `assay run` does it: a thread each, joined by a stub NCCL.
#include <doctest/doctest.h>

#include <chrono>

#include "collectives/collective_run.h"
#include "collectives/pair_rounds.h"
#include "tests/collectives/nccl/stub_node.h"
#include "tests/collectives/plain_device.h"

using namespace assay;

namespace {

using StubNode = test::StubNode<test::PlainDevice>;

CollectiveRunOptions quick(std::size_t ranks) {
  CollectiveRunOptions options;
  options.sampling = {3, 0.0005, 0.2, 0.5};
  for (std::size_t rank = 0; rank < ranks; ++rank)
    options.members.push_back("device" + std::to_string(rank));
  return options;
}

}  // namespace

TEST_SUITE("integration") {
  TEST_CASE("the devices of one process measure every collective through NCCL") {
    StubNode node(4);
    std::vector<Measurement> measured;
    node.ranks->each([&](LocalRank& rank) {
      CollectiveRunOptions options = quick(4);
      options.is_first_of_process = rank.is_first_of_process;
      if (rank.is_first_of_process)
        options.on_group = [&](const std::vector<Measurement>& group) {
          measured.insert(measured.end(), group.begin(), group.end());
        };
      std::vector<CollectiveGroup> groups;
      for (const auto& collective : collectives())
        groups.push_back({collective.get(), "f32", 4000, Series::hot, {"nccl", "nccl_in_place"}});
      CHECK(run_collectives(*rank.world, *rank.device, groups, options));
    });
    REQUIRE(measured.size() == 14);
    for (const Measurement& one : measured) {
      CAPTURE(one.id.str());
      CAPTURE(one.reason);
      if (one.status == MeasurementStatus::not_applicable) continue;
      CHECK(one.status == MeasurementStatus::measured);
      CHECK(one.ranks.size() == 4);
      CHECK(one.metrics.count("rank_spread") == 1);
    }
  }

  TEST_CASE("a pair of devices has the scope that its ranks share") {
    StubNode node(3);
    std::vector<Measurement> measured;
    node.ranks->each([&](LocalRank& rank) {
      PairRunOptions options;
      options.bytes = 4096;
      options.members = {"device0", "device1", "device2"};
      options.racks = {"", "", ""};
      options.level_between = [](int a, int b) { return a + b == 1 ? "pcie_root" : "node"; };
      if (rank.is_first_of_process)
        options.on_round = [&](const std::vector<Measurement>& round) {
          measured.insert(measured.end(), round.begin(), round.end());
        };
      CHECK(run_pairs(*rank.world, {}, *rank.device, options));
    });
    REQUIRE(measured.size() >= 3);
    for (const Measurement& one : measured) {
      const bool is_first = one.scope.members == std::vector<std::string>{"device0", "device1"};
      CHECK(one.scope.level == (is_first ? "pcie_root" : "node"));
    }
  }

  TEST_CASE("devices that hang end every rank of their process within the deadline") {
    StubNode node(3, 0.5);
    node.is_idle = false;  // before a call: the stub's own calls, unlike NCCL's, wait for peers
    const auto begin = std::chrono::steady_clock::now();
    CHECK_THROWS_AS(node.ranks->each([&](LocalRank& rank) {
      CollectiveRunOptions options = quick(3);
      options.is_first_of_process = rank.is_first_of_process;
      run_collectives(*rank.world, *rank.device,
                      {{find_collective("all_reduce"), "f32", 4000, Series::hot, {"nccl"}}},
                      options);
    }),
                    LostPeer);
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(5));
    node.is_idle = true;
  }
}
