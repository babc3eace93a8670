// Every limit of the inventory at, just under and just over it; the device that passes it is named
// alone, wherever it stands.
#include <doctest/doctest.h>

#include <functional>

#include "tests/conformance/passing_result.h"

namespace assay::test {

namespace {

struct LimitCase {
  std::string kind, what;
  std::function<void(DeviceFacts&)> change;
  Verdict verdict;
  std::string reason_code;
};

void pcie(DeviceFacts& device, int generation, int width) {
  device.pcie->generation = generation;
  device.pcie->width = width;
  device.pcie->under_load = true;
}

const std::vector<LimitCase> kInventoryLimits = {
    {"inventory_pcie_link", "generation at", [](auto& d) { pcie(d, 5, 16); }, Verdict::pass, "met"},
    {"inventory_pcie_link", "generation under", [](auto& d) { pcie(d, 4, 16); }, Verdict::fail,
     "link_below_maximum"},
    {"inventory_pcie_link", "generation over", [](auto& d) { pcie(d, 6, 16); }, Verdict::pass,
     "met"},
    {"inventory_pcie_link", "width under", [](auto& d) { pcie(d, 5, 15); }, Verdict::fail,
     "link_below_maximum"},
    {"inventory_pcie_link", "width over", [](auto& d) { pcie(d, 5, 17); }, Verdict::pass, "met"},
    {"inventory_pcie_link", "one over and one under", [](auto& d) { pcie(d, 6, 8); }, Verdict::fail,
     "link_below_maximum"},
    {"inventory_nvlink", "errors over", [](auto& d) { d.nvlink->errors = 1; }, Verdict::fail,
     "link_errors"},
    {"inventory_nvlink", "replays over", [](auto& d) { d.nvlink->replays = 1; }, Verdict::warn,
     "link_replays"},
    {"inventory_nvlink", "errors with replays",
     [](auto& d) { d.nvlink->errors = d.nvlink->replays = 1; }, Verdict::fail, "link_errors"},
    {"inventory_nvlink", "active under", [](auto& d) { d.nvlink->active = 17; }, Verdict::fail,
     "links_down"},
    {"inventory_power_and_clocks", "power at", [](auto& d) { d.power_limit_w = 700; },
     Verdict::pass, "met"},
    {"inventory_power_and_clocks", "power under", [](auto& d) { d.power_limit_w = 699.9; },
     Verdict::fail, "power_limit_lowered"},
    {"inventory_power_and_clocks", "power over", [](auto& d) { d.power_limit_w = 700.1; },
     Verdict::pass, "met"},
    {"inventory_power_and_clocks", "clock under", [](auto& d) { d.clock_limit_hz = 1.979e9; },
     Verdict::fail, "clock_limit_lowered"},
    {"inventory_power_and_clocks", "clock over", [](auto& d) { d.clock_limit_hz = 1.981e9; },
     Verdict::pass, "met"},
    {"inventory_ecc", "uncorrected over", [](auto& d) { d.ecc->uncorrected_volatile = 1; },
     Verdict::fail, "uncorrected_errors"},
    {"inventory_ecc", "an XID", [](auto& d) { d.xids = {48}; }, Verdict::fail, "xid"},
    {"inventory_mode", "MIG on", [](auto& d) { d.mig = "enabled"; }, Verdict::fail, "mode"},
    {"inventory_mode", "no MIG", [](auto& d) { d.mig = "not_supported"; }, Verdict::pass, "met"},
    {"inventory_foreign_processes", "one",
     [](auto& d) {
       d.other_processes = {{1, "x"}};
     },
     Verdict::warn, "foreign_processes"},
};

/// Nodes with that many devices each, in that order.
RequirementVerdict counted(const std::vector<int>& devices, Json parameters = Json::object()) {
  Profile profile = small_profile();
  profile.requirements = {requirement("inventory_device_count", std::move(parameters))};
  Evidence evidence{{}, &profile, {}};
  for (std::size_t i = 0; i < devices.size(); ++i)
    evidence.results.push_back(
        passing_result(profile, "cuda", devices[i], "node-" + std::to_string(i)));
  return judged(evidence, "inventory_device_count");
}

std::string names_of(const RequirementVerdict& verdict) {
  std::string names;
  for (const Subject& subject : verdict.subjects) names += subject.name + " ";
  return names;
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a device beyond a limit of the inventory is named alone wherever it stands") {
    for (const LimitCase& limit : kInventoryLimits) {
      CAPTURE(limit.kind);
      CAPTURE(limit.what);
      for (std::size_t at = 0; at < 3; ++at) {
        Result result = passing_result(small_profile(), "cuda", 4);
        limit.change(result.nodes.front().devices[at]);
        const RequirementVerdict verdict = judged(result, requirement(limit.kind));
        CHECK(verdict.verdict == limit.verdict);
        CHECK(verdict.reason_code == limit.reason_code);
        if (limit.verdict == Verdict::pass) continue;
        REQUIRE(verdict.subjects.size() == 1);
        CHECK(verdict.subjects[0].name.find("device " + std::to_string(at)) != std::string::npos);
      }
    }
  }

  TEST_CASE("a node with fewer devices than most or than as many others is the one that is named") {
    CHECK(counted({8, 8, 8}).verdict == Verdict::pass);
    CHECK(names_of(counted({8, 7, 8})) == "node-1 ");
    CHECK(names_of(counted({7, 8, 8})) == "node-0 ");
    CHECK(names_of(counted({7, 8, 7})) == "node-1 ");
    CHECK(names_of(counted({8, 7})) == "node-1 ");
    CHECK(names_of(counted({7, 8})) == "node-0 ");
    CHECK(names_of(counted({8, 7, 9}, {{"expected", 8}})) == "node-1 node-2 ");
    CHECK(counted({8, 8}, {{"expected", 8}}).verdict == Verdict::pass);
  }
}

}  // namespace assay::test
