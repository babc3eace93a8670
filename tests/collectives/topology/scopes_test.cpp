// Ranks in their places, the groups of each scope, and what the way between them can carry.
#include "collectives/topology/scopes.h"

#include <doctest/doctest.h>

#include "tests/collectives/topology/machine.h"

using namespace assay;
using Ranks = std::vector<std::vector<int>>;

namespace {

/// Two DGX nodes, or PCIe nodes where `nvlink` is false.
std::vector<NodeFacts> two_nodes(const std::string& machine_name,
                                 const std::vector<std::string>& gpus, bool nvlink) {
  const test::Machine machine(machine_name);
  std::vector<NodeFacts> nodes;
  for (const char* name : {"a", "b"}) {
    NodeFacts node = test::node_with_gpus(name, gpus);
    node.labels["example.com/rack"] = std::string("rack-") + name;
    NodeTopology topology = read_node_topology(node, nullptr, machine.sys());
    if (nvlink) {
      for (GpuPlace& gpu : topology.gpus) gpu.nvlink_domain = node.name + "/nvlink0";
    }
    add_topology(topology, node);
    nodes.push_back(std::move(node));
  }
  return nodes;
}

Ranks ranks_at(const std::vector<RankPlace>& places, const std::string& level) {
  Ranks ranks;
  for (const ScopeGroup& group : scope_groups(places, level)) ranks.push_back(group.ranks);
  return ranks;
}

std::string light_at(const std::vector<RankPlace>& places, const std::string& level) {
  const auto light = speed_of_light(scope_groups(places, level).at(0), places);
  if (!light) return "not known";
  return light->limited_by + " " + std::to_string(static_cast<long>(light->bytes_per_s / 1e6));
}

const std::vector<std::string> kPcieGpus = {"0000:17:00.0", "0000:18:00.0", "0000:af:00.0",
                                            "0000:b0:00.0"};

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("the ranks of two DGX nodes form the groups of each scope") {
    const auto nodes = two_nodes("dgx_h100", test::kDgxGpus, true);
    const auto places = rank_places(nodes, {{"a", "r1"}, {"b", "r1"}});
    CHECK(places[9].node == "b");
    CHECK(places[9].device == "GPU-b-1");
    const Ranks by_node = {{0, 1, 2, 3, 4, 5, 6, 7}, {8, 9, 10, 11, 12, 13, 14, 15}};
    CHECK(ranks_at(places, "device").empty());
    CHECK(ranks_at(places, "nvlink_domain") == by_node);
    CHECK(ranks_at(places, "pcie_root").empty());  // one GPU each
    CHECK(ranks_at(places, "numa_node") ==
          Ranks{{0, 1, 2, 3}, {4, 5, 6, 7}, {8, 9, 10, 11}, {12, 13, 14, 15}});
    CHECK(ranks_at(places, "node") == by_node);
    CHECK(ranks_at(places, "rack").size() == 1);
    CHECK(ranks_at(places, "cluster").at(0).size() == 16);
    const Scope scope = scope_groups(places, "cluster").at(0).scope;
    CHECK(scope.level == "cluster");
    CHECK(scope.members == std::vector<std::string>{"a", "b"});
    CHECK(scope_groups(places, "node").at(1).scope.members == std::vector<std::string>{"b"});
    CHECK(scope_groups(places, "numa_node").at(0).scope.members.size() == 4);
    CHECK_THROWS_AS(scope_groups(places, "planet"), Error);
  }

  TEST_CASE("NVLink carries what the links that are up carry") {
    NodeFacts node;
    node.name = "node-a";
    DeviceFacts bridged;
    bridged.uuid = "GPU-0";
    bridged.speed_of_light.nvlink_bytes_per_s = 450e9;
    bridged.nvlink = NvlinkState{18, 12, {}, {}, {}, {}};
    DeviceFacts full = bridged;
    full.nvlink->active = 18;
    DeviceFacts unknown = bridged;
    unknown.nvlink.reset();
    DeviceFacts none = bridged;
    none.nvlink->active = 0;
    node.devices = {bridged, full, unknown, none};
    const auto places = rank_places({node}, {});
    REQUIRE(places.size() == 4);
    CHECK(places[0].nvlink_bytes_per_s == doctest::Approx(300e9));
    CHECK(places[1].nvlink_bytes_per_s == doctest::Approx(450e9));
    CHECK(places[2].nvlink_bytes_per_s == doctest::Approx(450e9));
    CHECK(places[3].nvlink_bytes_per_s == 0);
  }

  TEST_CASE("switches that add are those that NVLink joins on both sides of from Hopper on") {
    const auto light = [](const std::vector<NodeFacts>& nodes, const std::string& level) {
      const auto places = rank_places(nodes, {});
      return speed_of_light(scope_groups(places, level).at(0), places);
    };
    auto nodes = two_nodes("dgx_h100", test::kDgxGpus, true);
    const auto set = [&](const char* capability) {
      for (NodeFacts& node : nodes) {
        node.nics = {{{"up", true}, {"rdma", true}, {"bytes_per_s", 9e12}}};
        for (DeviceFacts& device : node.devices) {
          device.compute_capability = capability;
          device.speed_of_light.nvlink_bytes_per_s = 450e9;
        }
      }
    };
    set("9.0");
    CHECK(light(nodes, "nvlink_domain")->has_adding_switches);
    CHECK(light(nodes, "cluster")->limited_by == "nvlink");
    CHECK_FALSE(light(nodes, "cluster")->has_adding_switches);
    for (NodeFacts& node : nodes)
      for (DeviceFacts& device : node.devices) device.nvlink.emplace().to_switch = false;
    CHECK_FALSE(light(nodes, "nvlink_domain")->has_adding_switches);
    for (NodeFacts& node : nodes)
      for (DeviceFacts& device : node.devices) device.nvlink->to_switch.reset();
    CHECK(light(nodes, "nvlink_domain")->has_adding_switches);
    set("8.0");
    CHECK_FALSE(light(nodes, "nvlink_domain")->has_adding_switches);
  }

  TEST_CASE("GPUs below one root are a group where there is no NVLink") {
    const auto places = rank_places(two_nodes("two_sockets_pcie", kPcieGpus, false), {});
    CHECK(ranks_at(places, "pcie_root") == Ranks{{0, 1}, {2, 3}, {4, 5}, {6, 7}});
    CHECK(ranks_at(places, "nvlink_domain").empty());
    CHECK(ranks_at(places, "rack").empty());
  }

  TEST_CASE("what is measured beside the whole is every narrower group once and widest first") {
    const auto levels = [](const std::vector<RankPlace>& places) {
      std::vector<std::string> names = {whole_group(places).scope.level};
      for (const auto& level : groups_within(places))
        names.push_back(level.front().scope.level + " " + std::to_string(level.size()));
      return names;
    };
    using Names = std::vector<std::string>;
    const auto nodes = two_nodes("dgx_h100", test::kDgxGpus, true);
    // The rack is all there is, and a node's NVLink domain is the node.
    CHECK(levels(rank_places(nodes, {{"a", "r1"}, {"b", "r1"}})) ==
          Names{"cluster", "node 2", "numa_node 4"});
    CHECK(levels(rank_places({nodes[0]}, {})) == Names{"node", "numa_node 2"});
    CHECK(levels(rank_places(two_nodes("two_sockets_pcie", kPcieGpus, false), {})) ==
          Names{"cluster", "node 2", "numa_node 4"});
    std::vector<RankPlace> hosts(5);
    for (int i = 0; i < 5; ++i) {
      hosts[static_cast<std::size_t>(i)].rank = i;
      hosts[static_cast<std::size_t>(i)].node = "host" + std::to_string(i);
      hosts[static_cast<std::size_t>(i)].rack = i < 2 ? "r1" : i < 4 ? "r2" : "r3";
    }
    CHECK(levels(hosts) == Names{"cluster", "rack 2"});
    CHECK(groups_within(hosts).front()[1].ranks == std::vector<int>{2, 3});
    hosts.resize(1);
    CHECK(levels(hosts) == Names{"cluster"});
  }

  TEST_CASE("two devices of a node share its narrowest scope and two nodes the cluster") {
    const auto level = [](const std::vector<RankPlace>& places, std::size_t a, std::size_t b) {
      return level_shared_by({&places[a], &places[b]});
    };
    const auto dgx = rank_places(two_nodes("dgx_h100", test::kDgxGpus, true), {});
    CHECK(level(dgx, 0, 7) == "nvlink_domain");
    CHECK(level(dgx, 0, 8) == "cluster");
    auto pcie = dgx;
    for (RankPlace& place : pcie) place.nvlink_domain.clear();
    CHECK(level(pcie, 0, 3) == "numa_node");
    CHECK(level(pcie, 0, 7) == "node");
    pcie[0].pcie_root = pcie[3].pcie_root = "a/root0";
    CHECK(level(pcie, 0, 3) == "pcie_root");
    CHECK(level_shared_by({&pcie[0], &pcie[3], &pcie[4]}) == "node");
  }

  TEST_CASE("each scope has the speed of light of its slowest link") {
    const auto dgx = rank_places(two_nodes("dgx_h100", test::kDgxGpus, true), {});
    CHECK(light_at(dgx, "nvlink_domain") == "nvlink 450000");
    CHECK(light_at(dgx, "node") == "nvlink 450000");
    CHECK(light_at(dgx, "numa_node") == "nvlink 450000");
    CHECK(light_at(dgx, "cluster") == "nic 400000");  // eight rails; storage is down
    const auto pcie = rank_places(two_nodes("two_sockets_pcie", kPcieGpus, false), {});
    CHECK(light_at(pcie, "node") == "pcie 63000");
    CHECK(light_at(pcie, "cluster") == "nic 15753");
    auto fabric = dgx;
    for (RankPlace& place : fabric) place.nvlink_domain = "f00d.1";  // NVLink across nodes
    CHECK(light_at(fabric, "cluster") == "nvlink 450000");
    auto slow_inside = dgx;
    slow_inside[3].nvlink_bytes_per_s = 300e9;
    CHECK(light_at(slow_inside, "cluster") == "nvlink 300000");
    auto two_a_node = slow_inside;
    std::erase_if(two_a_node, [](const RankPlace& place) { return place.rank % 8 / 2 != 1; });
    REQUIRE(two_a_node.size() == 4);
    CHECK(light_at(two_a_node, "cluster") == "nvlink 300000");
    auto one_a_node = slow_inside;
    std::erase_if(one_a_node, [](const RankPlace& place) { return place.rank % 8 != 3; });
    CHECK(light_at(one_a_node, "cluster") == "nic 400000");
    auto unknown = dgx;
    unknown[12].node_nic_bytes_per_s = 0;
    CHECK(light_at(unknown, "cluster") == "not known");
  }

  TEST_CASE("racks come from the first label that a node has") {
    auto nodes = two_nodes("desk", {"0000:01:00.0"}, false);
    nodes[1].labels["example.com/block"] = "block-9";
    CHECK(racks_from_labels(nodes, {"example.com/rack"}) ==
          RackOfNode{{"a", "rack-a"}, {"b", "rack-b"}});
    CHECK(racks_from_labels(nodes, {"example.com/block", "example.com/rack"}) ==
          RackOfNode{{"a", "rack-a"}, {"b", "block-9"}});
    CHECK(racks_from_labels(nodes, {"none"}).empty());
  }

  TEST_CASE("a topology file names racks and their nodes or the line that is wrong") {
    CHECK(racks_from_text("# ours\nr1 a b # left\n\n r2\tc\n", "f") ==
          RackOfNode{{"a", "r1"}, {"b", "r1"}, {"c", "r2"}});
    const auto message_of = [](const std::string& text) -> std::string {
      try {
        racks_from_text(text, "f");
      } catch (const Error& error) {
        return error.what();
      }
      return "none";
    };
    CHECK(message_of("r1 a\nr2 a\n") == "f line 2: node a is in a rack already");
    CHECK(message_of("r1\n") == "f line 1: rack r1 has no nodes; a line is a rack and its nodes");
    CHECK(message_of("# nothing\n") == "f names no rack; a line is a rack and its nodes");
    CHECK_THROWS_AS(racks_from_file("/nonexistent/topology"), Error);
  }
}
