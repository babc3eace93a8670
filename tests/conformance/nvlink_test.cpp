// NVLinks against what the part's design connects and what its peers have.
#include <doctest/doctest.h>

#include <algorithm>
#include <ctime>

#include "harness/conformance/nvlink_design.h"
#include "harness/core/document.h"
#include "tests/conformance/passing_result.h"

namespace assay::test {

namespace {

struct Links {
  int count, active;
};

std::vector<Links> of_each(std::size_t devices, Links links) {
  return std::vector<Links>(devices, links);
}

/// A node of such devices, with that name.
Result node_of(const std::string& name, const std::vector<Links>& devices) {
  Result result = passing_result(small_profile(), "cuda", static_cast<int>(devices.size()));
  for (std::size_t i = 0; i < devices.size(); ++i) {
    DeviceFacts& device = result.nodes.front().devices[i];
    device.name = name;
    device.nvlink->count = device.nvlink_count = devices[i].count;
    device.nvlink->active = devices[i].active;
  }
  return result;
}

ProfileRequirement where_linked() {
  ProfileRequirement asked = requirement("inventory_nvlink");
  asked.applies_when = {{"has_nvlink", true}};
  return asked;
}

RequirementVerdict judged_links(const Result& result) { return judged(result, where_linked()); }

struct Expected {
  std::string name;
  std::vector<Links> devices;
  Verdict verdict;
  std::string reason_code;
  std::size_t subjects;
};

/// Processor time that judging the links of so many nodes takes, at best.
double judging_s(int nodes) {
  Profile profile = small_profile();
  ProfileRequirement joined = where_linked();
  joined.id = "joined";
  joined.applies_when = {{"nvlink_joins_nodes", true}};
  profile.cases.clear();
  profile.requirements = {where_linked(), joined};
  Evidence evidence{{}, &profile, {}};
  for (int node = 0; node < nodes; ++node)
    evidence.results.push_back(passing_result(profile, "cuda", 8, "node" + std::to_string(node)));
  double best_s = 1e9;
  for (int attempt = 0; attempt < 3; ++attempt) {
    const std::clock_t begun = std::clock();
    judge(evidence);
    best_s = std::min(best_s, static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC);
  }
  return best_s;
}

}  // namespace

TEST_SUITE("timing") {
  TEST_CASE("four times as many nodes take about four times as long to judge by their links") {
    CHECK(judging_s(2000) < 8 * judging_s(500));
  }
}

TEST_SUITE("unit") {
  TEST_CASE("links are held to the design of the part and to its peers") {
    constexpr const char* kPart = "Example Accelerator 80GB";
    const std::vector<Expected> table = {
        // Boards that connect all links.
        {"NVIDIA H100 80GB HBM3", {{18, 18}, {18, 18}}, Verdict::pass, "met", 0},
        {"NVIDIA H100 80GB HBM3", {{18, 18}, {18, 17}}, Verdict::fail, "links_down", 1},
        {"NVIDIA H100 80GB HBM3", {{18, 12}, {18, 12}}, Verdict::fail, "links_down", 2},
        {"NVIDIA H100 80GB HBM3", {{18, 0}, {18, 0}}, Verdict::fail, "links_down", 2},
        {"NVIDIA A100-SXM4-80GB", {{12, 0}, {12, 0}}, Verdict::fail, "links_down", 2},
        {"NVIDIA A100-SXM4-80GB", {{12, 12}, {8, 8}}, Verdict::fail, "links_down", 1},
        {"NVIDIA H200", {{18, 16}, {18, 16}}, Verdict::fail, "links_down", 2},
        {"NVIDIA B200", {{18, 0}}, Verdict::fail, "links_down", 1},
        {"NVIDIA H800", {{8, 0}, {8, 0}}, Verdict::fail, "links_down", 2},
        {"NVIDIA A800-SXM4-80GB", {{8, 8}, {8, 7}}, Verdict::fail, "links_down", 1},
        {"NVIDIA A100-SXM-64GB", {{12, 0}, {12, 0}}, Verdict::fail, "links_down", 2},
        {"NVIDIA H100 64GB HBM2", {{18, 0}, {18, 0}}, Verdict::fail, "links_down", 2},
        {"NVIDIA H20", {{18, 0}, {18, 0}}, Verdict::fail, "links_down", 2},
        {"NVIDIA H20-3e", {{18, 18}, {18, 17}}, Verdict::fail, "links_down", 1},
        {"NVIDIA GB200", {{18, 0}, {18, 0}}, Verdict::fail, "links_down", 2},
        {"NVIDIA GB300", {{18, 0}, {18, 0}}, Verdict::fail, "links_down", 2},
        {"NVIDIA B300 SXM6 AC", {{18, 0}, {18, 0}}, Verdict::fail, "links_down", 2},
        {"NVIDIA B100", {{18, 0}, {18, 0}}, Verdict::fail, "links_down", 2},
        {"Tesla V100-SXM3-32GB", {{6, 0}, {6, 0}}, Verdict::fail, "links_down", 2},
        // Boards without switches, whole or a part of one.
        {"Tesla V100-SXM2-32GB", of_each(8, {6, 6}), Verdict::pass, "met", 0},
        {"Tesla V100-SXM2-32GB", of_each(8, {6, 0}), Verdict::fail, "links_down", 8},
        {"Tesla V100-SXM2-32GB", of_each(8, {6, 5}), Verdict::fail, "links_down", 8},
        {"Tesla P100-SXM2-16GB", of_each(8, {4, 4}), Verdict::pass, "met", 0},
        {"Tesla P100-SXM2-16GB", of_each(8, {4, 0}), Verdict::fail, "links_down", 8},
        {"Tesla P100-SXM2-16GB", of_each(4, {4, 0}), Verdict::fail, "links_down", 4},
        {"Tesla V100-SXM2-16GB",
         {{6, 4}, {6, 4}, {6, 5}, {6, 5}},  // half of an eight
         Verdict::pass,
         "met",
         0},
        {"Tesla V100-SXM2-16GB", {{6, 4}, {6, 4}, {6, 0}, {6, 4}}, Verdict::fail, "links_down", 1},
        {"Tesla V100-SXM2-16GB",
         {{6, 6}, {6, 6}, {6, 5}, {6, 5}},  // a board of four
         Verdict::fail,
         "links_down",
         2},
        {"Tesla V100-SXM2-16GB", {{6, 0}, {6, 0}}, Verdict::fail, "links_down", 2},
        {"Tesla V100-SXM2-16GB", {{6, 4}, {6, 4}}, Verdict::pass, "met", 0},
        {"Tesla V100-SXM2-16GB", {{6, 4}}, Verdict::pass, "met", 0},
        {"Tesla V100-SXM2-16GB", of_each(7, {6, 5}), Verdict::pass, "met", 0},
        {"Tesla V100-SXM2-16GB", {{6, 0}}, Verdict::not_evaluated, "not_applicable", 0},
        {"Tesla V100-DGXS-32GB", of_each(4, {4, 0}), Verdict::fail, "links_down", 4},
        {"Tesla V100-PCIE-32GB", {{0, 0}, {0, 0}}, Verdict::not_evaluated, "not_applicable", 0},
        {"NVIDIA A800 40GB Active", {{8, 0}, {8, 0}}, Verdict::not_evaluated, "not_applicable", 0},
        {"NVIDIA H800 PCIe", {{8, 0}, {8, 0}}, Verdict::not_evaluated, "not_applicable", 0},
        {"NVIDIA A30", {{4, 4}, {4, 2}}, Verdict::fail, "links_down", 1},
        // Cards with a bridge, or without.
        {"NVIDIA H100 NVL", {{18, 12}, {18, 12}}, Verdict::pass, "met", 0},
        {"NVIDIA H100 NVL", {{18, 0}, {18, 0}}, Verdict::not_evaluated, "not_applicable", 0},
        {"NVIDIA H100 NVL", {{18, 12}, {18, 11}}, Verdict::fail, "links_down", 1},
        {"NVIDIA H100 NVL", {{18, 8}, {18, 8}}, Verdict::fail, "links_down", 2},
        {"NVIDIA H100 NVL", {{18, 12}, {18, 12}, {18, 0}}, Verdict::fail, "links_down", 1},
        {"NVIDIA H200 NVL", {{18, 18}, {18, 18}}, Verdict::pass, "met", 0},
        {"NVIDIA A100 80GB PCIe", {{12, 0}, {12, 0}}, Verdict::not_evaluated, "not_applicable", 0},
        {"NVIDIA A100 80GB PCIe", {{12, 12}, {12, 12}}, Verdict::pass, "met", 0},
        {"NVIDIA A100-PCIE-40GB", {{12, 12}, {12, 4}}, Verdict::fail, "links_down", 1},
        {"NVIDIA A40", {{4, 4}, {4, 4}}, Verdict::pass, "met", 0},
        {"NVIDIA GH200 480GB", {{18, 0}}, Verdict::not_evaluated, "not_applicable", 0},
        {"NVIDIA L40S", {{0, 0}, {0, 0}}, Verdict::not_evaluated, "not_applicable", 0},
        // A part that no table knows: its peers say.
        {kPart, {{18, 12}, {18, 12}}, Verdict::pass, "met", 0},
        {kPart, {{18, 12}, {18, 10}}, Verdict::fail, "links_down", 1},
        {kPart, {{18, 17}}, Verdict::fail, "links_down", 1},
        {kPart, {{18, 10}, {18, 10}}, Verdict::pass, "met", 0},  // of bridges: an even number
        {kPart, {{18, 9}, {18, 9}}, Verdict::fail, "links_down", 2},
        {kPart, {{18, 1}}, Verdict::fail, "links_down", 1},
        {kPart, {{18, 2}}, Verdict::pass, "met", 0},
        {kPart, {{18, 0}, {18, 18}}, Verdict::fail, "links_down", 1},
        {kPart, {{18, 0}, {18, 0}}, Verdict::not_evaluated, "not_applicable", 0},
    };
    for (const Expected& expected : table) {
      CAPTURE(expected.name);
      CAPTURE(expected.devices.size());
      CAPTURE(expected.devices.back().active);
      const RequirementVerdict verdict = judged_links(node_of(expected.name, expected.devices));
      CHECK(verdict.verdict == expected.verdict);
      CHECK(verdict.reason_code == expected.reason_code);
      CHECK(verdict.subjects.size() == expected.subjects);
    }
  }

  TEST_CASE("a part that no table knows has a switch where a peer has one or its product id does") {
    Result result = node_of("Example", {{18, 0}, {18, 0}});
    result.nodes.front().devices[1].nvlink->to_switch = true;
    CHECK(judged_links(result).subjects.size() == 2);
    result = node_of("Example", {{18, 0}, {18, 0}});
    for (DeviceFacts& device : result.nodes.front().devices) device.pci_id = "10de:2330";
    CHECK(judged_links(result).reason_code == "links_down");
  }

  TEST_CASE("each product with switches is known by its id with as many links as it has") {
    const std::pair<const char*, int> table[] = {
        {"10de:20b0", 12}, {"10de:20b2", 12}, {"10de:20bd", 8},  {"10de:20f3", 8},
        {"10de:2324", 8},  {"10de:2329", 18}, {"10de:2330", 18}, {"10de:2335", 18},
        {"10de:2901", 18}, {"10de:3182", 18}};
    for (const auto& [id, links] : table) {
      CAPTURE(std::string(id));
      for (const int count : {links - 1, links, links + 1}) {
        CAPTURE(count);
        Result result = node_of("Example", {{count, 0}});
        DeviceFacts& device = result.nodes.front().devices.front();
        device.pci_id = id;
        CHECK(NvlinkPeers({result}).expected(result.nodes.front(), device) ==
              (count == links ? links : 0));
      }
    }
  }

  TEST_CASE("a device that does not tell of its links expects none and gives its peers none") {
    struct Row {
      const char* name;
      Links other;
      int expected;
    };
    for (const Row& row : {Row{"NVIDIA A100-SXM4-80GB", {0, 0}, 0}, Row{"NVIDIA A30", {4, 0}, 0},
                           Row{"Example", {1, 0}, 0}, Row{"Example", {2, 2}, 2}}) {
      CAPTURE(std::string(row.name));
      const Result told = node_of(row.name, {{0, 0}, row.other});
      for (const bool has_state : {false, true}) {
        Result result = told;
        NodeFacts& node = result.nodes.front();
        node.devices[0].nvlink =
            has_state ? std::optional<NvlinkState>(NvlinkState{}) : std::nullopt;
        const NvlinkPeers peers({result});
        CHECK(peers.expected(node, node.devices[0]) == std::nullopt);
        CHECK(peers.expected(node, node.devices[1]) == row.expected);
      }
    }
  }

  TEST_CASE("peers on other nodes count and devices of another name do not") {
    Profile profile = small_profile();
    profile.requirements = {requirement("inventory_nvlink")};
    const auto both = [&](const char* other, Links links) {
      Result second = node_of(other, {links});
      second.run.id = second.nodes.front().name = "node-b";
      for (DeviceFacts& device : second.nodes.front().devices) device.uuid += "-b";
      return judged({{node_of("Example", {{18, 12}}), second}, &profile, {}}, "inventory_nvlink");
    };
    CHECK(both("Example", {18, 12}).verdict == Verdict::pass);
    CHECK(both("Example", {18, 18}).verdict == Verdict::fail);
    CHECK(both("Another", {18, 18}).verdict == Verdict::pass);
  }

  TEST_CASE("half a board is no peer of a whole one") {
    const std::string part = "Tesla V100-SXM2-16GB";
    Result half = node_of(part, {{6, 4}, {6, 4}, {6, 5}, {6, 5}});
    Result whole = node_of(part, of_each(8, {6, 6}));
    whole.run.id = whole.nodes.front().name = "node-b";
    for (DeviceFacts& device : whole.nodes.front().devices) device.uuid += "-b";
    Profile profile = small_profile();
    profile.requirements = {where_linked()};
    CHECK(judged({{half, whole}, &profile, {}}, "inventory_nvlink").verdict == Verdict::pass);
  }

  TEST_CASE("counters that a generation does not have are not missing") {
    Result result = node_of("NVIDIA B200", {{18, 18}, {18, 18}});
    for (DeviceFacts& device : result.nodes.front().devices) {
      device.nvlink->errors.reset();
      device.nvlink->replays.reset();
    }
    const RequirementVerdict verdict = judged_links(result);
    CHECK(verdict.verdict == Verdict::pass);
    CHECK_FALSE(verdict.figures["devices"][0].contains("errors"));
    CHECK_FALSE(verdict.figures["devices"][0].contains("replays"));
    CHECK(verdict.figures["devices"][0]["expected"] == 18);
    NvlinkState& counted = *result.nodes.front().devices[1].nvlink;
    counted.errors = 0;
    counted.replays = 7;
    counted.fabric_state = "completed";
    const Json figures = judged_links(result).figures["devices"][1];
    CHECK(figures["errors"] == 0);
    CHECK(figures["replays"] == 7);
    CHECK(figures["fabric_state"] == "completed");
    CHECK(figures["count"] == 18);
    CHECK(figures["active"] == 18);
  }

  TEST_CASE("an NVLink fabric that is not ready fails where links lead to it") {
    for (const char* state : {"not_started", "in_progress", "degraded", "failed"}) {
      CAPTURE(state);
      Result result = node_of("NVIDIA H100 80GB HBM3", {{18, 18}, {18, 18}});
      result.nodes.front().devices[1].nvlink->fabric_state = state;
      const RequirementVerdict verdict = judged_links(result);
      CHECK(verdict.reason_code == "fabric_not_ready");
      CHECK(verdict.subjects.size() == 1);
      CHECK(verdict.action == Action::restart_node);
    }
    Result ready = node_of("NVIDIA H100 80GB HBM3", {{18, 18}});
    ready.nodes.front().devices[0].nvlink->fabric_state = "completed";
    CHECK(judged_links(ready).verdict == Verdict::pass);
  }

  TEST_CASE("NVLink joins a node whose devices need no other way between them") {
    const auto joins = [](const Result& result) {
      return NvlinkPeers({result}).join(result.nodes.front());
    };
    CHECK(joins(node_of("NVIDIA H100 80GB HBM3", {{18, 18}, {18, 0}})));
    CHECK_FALSE(joins(node_of("NVIDIA A100 80GB PCIe", {{12, 0}, {12, 0}})));
    CHECK_FALSE(joins(node_of("NVIDIA L40S", {{0, 0}, {0, 0}})));
    Result pairs = node_of("NVIDIA H100 NVL", {{18, 12}, {18, 12}, {18, 12}, {18, 12}});
    const auto with_domains = [&](const std::vector<const char*>& domains) {
      Json gpus = Json::array();
      for (const char* domain : domains) gpus.push_back({{"nvlink_domain", domain}});
      pairs.nodes.front().topology["gpus"] = gpus;
      return joins(pairs);
    };
    CHECK(with_domains({"a", "a", "a", "a"}));
    CHECK_FALSE(with_domains({"a", "a", "b", "b"}));
    pairs.nodes.front().topology["gpus"] = Json::array({{{"index", 0}}});
    CHECK_FALSE(joins(pairs));
  }

  TEST_CASE("the documents of the field are judged as their machines are built") {
    const auto document = [](const std::string& name) {
      return read_result(std::string(ASSAY_SOURCE_DIR) + "/tests/conformance/field/" + name +
                         ".json");
    };
    CHECK(judged_links(document("b5_h100nvl_12_of_18_links")).verdict == Verdict::pass);
    CHECK(judged_links(document("b5_a100pcie_no_bridge")).reason_code == "not_applicable");
    const RequirementVerdict idle =
        judged(document("b7_idle_gen1"), requirement("inventory_pcie_link"));
    CHECK(idle.verdict == Verdict::warn);
    CHECK(idle.reason_code == "link_at_rest");
  }
}

}  // namespace assay::test
