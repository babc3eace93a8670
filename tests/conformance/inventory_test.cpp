// The inventory requirements: one bad fact on one device, and one absent fact.
#include <doctest/doctest.h>

#include <functional>

#include "tests/conformance/passing_result.h"

namespace assay::test {

namespace {

using Change = std::function<void(DeviceFacts&)>;

Result four_device_node() { return passing_result(small_profile(), "cuda", 4); }

RequirementVerdict after(const std::string& kind, const Change& change) {
  Result result = four_device_node();
  change(result.nodes.front().devices[2]);
  return judged(result, requirement(kind));
}

/// The verdict, and that only device 2 is named.
void check_named(const std::string& kind, Verdict expected, const Change& change) {
  const RequirementVerdict verdict = after(kind, change);
  CAPTURE(verdict.reason);
  CHECK(verdict.verdict == expected);
  REQUIRE(verdict.subjects.size() == 1);
  CHECK(verdict.subjects[0].name.find("device 2") != std::string::npos);
}

Evidence cluster(const Profile& profile) {
  return {
      {passing_result(profile, "cuda", 2, "node-a"), passing_result(profile, "cuda", 2, "node-b"),
       passing_result(profile, "cuda", 2, "node-c")},
      &profile,
      {}};
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a healthy inventory passes every check") {
    for (const char* kind : {"inventory_device_count", "inventory_pcie_link", "inventory_nvlink",
                             "inventory_ecc", "inventory_power_and_clocks", "inventory_mode",
                             "inventory_foreign_processes", "inventory_software_drift"}) {
      CAPTURE(kind);
      CHECK(judged(four_device_node(), requirement(kind)).verdict == Verdict::pass);
    }
  }

  TEST_CASE("a PCIe link below its maximum is named") {
    check_named("inventory_pcie_link", Verdict::fail, [](auto& d) {
      d.pcie->generation = 4;
      d.pcie->under_load = true;
    });
    check_named("inventory_pcie_link", Verdict::fail, [](auto& d) { d.pcie->width = 8; });
    check_named("inventory_pcie_link", Verdict::not_evaluated, [](auto& d) { d.pcie.reset(); });
    check_named("inventory_pcie_link", Verdict::not_evaluated,
                [](auto& d) { d.pcie->width_max.reset(); });
  }

  TEST_CASE("a PCIe generation that was read at rest warns and its width fails") {
    for (const std::optional<bool> at_rest : {std::optional<bool>(), std::optional(false)}) {
      const Change gen1 = [&](auto& d) {
        d.pcie->generation = 1;
        d.pcie->under_load = at_rest;
      };
      check_named("inventory_pcie_link", Verdict::warn, gen1);
      CHECK(after("inventory_pcie_link", gen1).reason_code == "link_at_rest");
      check_named("inventory_pcie_link", Verdict::fail, [&](auto& d) {
        gen1(d);
        d.pcie->width = 8;
      });
    }
    const Change above = [](auto& d) { d.pcie->generation = d.pcie->width = 32; };
    CHECK(after("inventory_pcie_link", above).verdict == Verdict::pass);
  }

  TEST_CASE("a PCIe slot that gives less than those of its peers warns") {
    for (const Change& less :
         {Change([](auto& d) { d.pcie->generation = d.pcie->generation_max = 4; }),
          Change([](auto& d) { d.pcie->width = d.pcie->width_max = 8; })}) {
      check_named("inventory_pcie_link", Verdict::warn, less);
      const RequirementVerdict verdict = after("inventory_pcie_link", less);
      CHECK(verdict.reason_code == "link_below_peers");
      CHECK(verdict.action == Action::service);
      CHECK(verdict.reason.find("others of its model generation 5 x16") != std::string::npos);
    }
    // The slot of another model is no measure, that of another node is.
    CHECK(after("inventory_pcie_link", [](auto& d) {
            d.name = "NVIDIA L4";
            d.pcie->generation = d.pcie->generation_max = 4;
          }).verdict == Verdict::pass);
    Profile profile = small_profile();
    profile.requirements = {requirement("inventory_pcie_link")};
    Evidence nodes = cluster(profile);
    for (DeviceFacts& device : nodes.results[1].nodes.front().devices)
      device.pcie->generation = device.pcie->generation_max = 4;
    const RequirementVerdict verdict = judged(nodes, "inventory_pcie_link");
    CHECK(verdict.verdict == Verdict::warn);
    CHECK(verdict.subjects.size() == 2);
  }

  TEST_CASE("ECC that is off or remapping or a new XID is named") {
    check_named("inventory_ecc", Verdict::fail, [](auto& d) { d.ecc->enabled = false; });
    check_named("inventory_ecc", Verdict::fail, [](auto& d) { d.ecc->remap_pending = true; });
    check_named("inventory_ecc", Verdict::fail, [](auto& d) { d.ecc->remap_failed = true; });
    check_named("inventory_ecc", Verdict::fail, [](auto& d) { d.ecc->uncorrected_volatile = 1; });
    check_named("inventory_ecc", Verdict::fail, [](auto& d) { d.xids = {79}; });
    check_named("inventory_ecc", Verdict::not_evaluated, [](auto& d) { d.ecc.reset(); });
    check_named("inventory_ecc", Verdict::not_evaluated,
                [](auto& d) { d.ecc->remap_failed.reset(); });
  }

  TEST_CASE("an uncorrected error or a remapped row while a case was measured is named") {
    const auto with = [](const char* counter, const Json& by) {
      Result result = four_device_node();
      const std::string& uuid = result.nodes.front().devices[2].uuid;
      for (Measurement& measurement : result.measurements) {
        const bool is_its = measurement.scope.members.front() == uuid;
        measurement.telemetry["new_errors"] = {{counter, is_its ? by : Json(0)}};
      }
      return judged(result, requirement("inventory_ecc"));
    };
    for (const char* counter : {"ecc_uncorrected", "remapped_rows"}) {
      CHECK(with(counter, 0).verdict == Verdict::pass);
      CHECK(with(counter, -1).verdict == Verdict::pass);
      CHECK(with(counter, "2").verdict == Verdict::fail);
      const RequirementVerdict verdict = with(counter, 2);
      CHECK(verdict.verdict == Verdict::fail);
      REQUIRE(verdict.subjects.size() == 1);
      CHECK(verdict.subjects[0].name.find("device 2") != std::string::npos);
      CHECK(verdict.reason.find(", first while ") != std::string::npos);
    }
    CHECK(with("ecc_uncorrected", 1).reason_code == "uncorrected_errors");
    CHECK(with("ecc_corrected", 5).verdict == Verdict::pass);
    CHECK(with("pcie_replays", 5).verdict == Verdict::pass);
  }

  TEST_CASE("a lowered power limit or clock is named") {
    check_named("inventory_power_and_clocks", Verdict::fail,
                [](auto& d) { d.power_limit_w = 500; });
    check_named("inventory_power_and_clocks", Verdict::fail,
                [](auto& d) { d.clock_limit_hz = 1.2e9; });
    check_named("inventory_power_and_clocks", Verdict::not_evaluated,
                [](auto& d) { d.power_limit_default_w.reset(); });
    check_named("inventory_power_and_clocks", Verdict::not_evaluated,
                [](auto& d) { d.clock_limit_hz.reset(); });
  }

  TEST_CASE("another MIG or compute mode than expected is named") {
    check_named("inventory_mode", Verdict::fail, [](auto& d) { d.mig = "enabled"; });
    check_named("inventory_mode", Verdict::fail, [](auto& d) { d.compute_mode = "prohibited"; });
    check_named("inventory_mode", Verdict::not_evaluated, [](auto& d) { d.mig.reset(); });
    const auto with_mig = requirement("inventory_mode", {{"mig", "enabled"}});
    CHECK(judged(four_device_node(), with_mig).verdict == Verdict::fail);
  }

  TEST_CASE("a foreign process warns and is named with its PID") {
    const Change intruder = [](auto& d) { d.other_processes = {{4711, "miner"}}; };
    check_named("inventory_foreign_processes", Verdict::warn, intruder);
    CHECK(after("inventory_foreign_processes", intruder).reason.find("4711") != std::string::npos);
  }

  TEST_CASE("a device too few is a failure of its node") {
    const auto asked = requirement("inventory_device_count", {{"expected", 8}});
    const RequirementVerdict verdict = judged(four_device_node(), asked);
    CHECK(verdict.verdict == Verdict::fail);
    REQUIRE(verdict.subjects.size() == 1);
    CHECK(verdict.subjects[0].kind == "node");
    Result empty = four_device_node();
    empty.nodes.front().devices.clear();
    CHECK(judged(empty, requirement("inventory_device_count")).reason_code == "missing");
    empty.nodes.clear();
    CHECK(judged(empty, requirement("inventory_device_count")).reason_code == "missing");
  }

  TEST_CASE("without an expected count the node that differs from the others is named") {
    Profile profile = small_profile();
    profile.requirements = {requirement("inventory_device_count")};
    Evidence evidence = cluster(profile);
    evidence.results[1].nodes[0].devices.pop_back();
    const RequirementVerdict verdict = judged(evidence, "inventory_device_count");
    CHECK(verdict.verdict == Verdict::fail);
    REQUIRE(verdict.subjects.size() == 1);
    CHECK(verdict.subjects[0].name == "node-b");
  }

  TEST_CASE("the figures describe every device down to its card and leave out what is not known") {
    Result result = passing_result(small_profile(), "cuda", 2);
    DeviceFacts& device = result.nodes.front().devices[1];
    device.sku = "sku";
    device.serial = "serial";
    device.board_part_number = "board";
    device.vbios = "vbios";
    device.pci_bus_id = "bus";
    device.pci_id = "10de:0000";
    device.compute_capability = "9.9";
    device.multiprocessors = 3;
    device.memory_bytes = 4;
    device.l2_bytes = 5;
    const auto described = [&] {
      return judged(result, requirement("inventory_device_count")).figures["devices"][1];
    };
    const std::vector<std::pair<const char*, Json>> facts = {
        {"sku", "sku"},        {"serial", "serial"},  {"board_part_number", "board"},
        {"vbios", "vbios"},    {"pci_bus_id", "bus"}, {"pci_id", "10de:0000"},
        {"memory_bytes", 4},   {"l2_bytes", 5},       {"compute_capability", "9.9"},
        {"multiprocessors", 3}};
    for (const auto& [key, value] : facts) {
      CAPTURE(std::string(key));
      CHECK(described()[key] == value);
    }
    CHECK(described()["name"] == device.name);
    DeviceFacts bare;
    bare.name = "bare";
    bare.uuid = device.uuid;
    device = bare;
    for (const auto& [key, value] : facts) CHECK_FALSE(described().contains(key));
  }

  TEST_CASE("the node whose driver drifted is named and no other") {
    Profile profile = small_profile();
    profile.requirements = {requirement("inventory_software_drift")};
    Evidence evidence = cluster(profile);
    CHECK(judged(evidence, "inventory_software_drift").verdict == Verdict::pass);
    evidence.results[2].software["driver"] = "550.90.07";
    RequirementVerdict verdict = judged(evidence, "inventory_software_drift");
    CHECK(verdict.verdict == Verdict::fail);
    REQUIRE(verdict.subjects.size() == 1);
    CHECK(verdict.subjects[0].name == "node-c");
    CHECK(verdict.reason.find("580.65.06") != std::string::npos);
    evidence.results[2].software.erase("driver");
    verdict = judged(evidence, "inventory_software_drift");
    CHECK(verdict.reason_code == "missing");
  }

  TEST_CASE("the device whose VBIOS drifted is named and of two equals both are") {
    Profile profile = small_profile();
    profile.requirements = {requirement("inventory_software_drift")};
    Evidence evidence = cluster(profile);
    evidence.results[0].nodes[0].devices[1].vbios = "older";
    const RequirementVerdict verdict = judged(evidence, "inventory_software_drift");
    CHECK(verdict.verdict == Verdict::fail);
    REQUIRE(verdict.subjects.size() == 1);
    CHECK(verdict.subjects[0].name.find("node-a device 1") != std::string::npos);
    evidence.results.pop_back();
    evidence.results.pop_back();
    CHECK(judged(evidence, "inventory_software_drift").subjects.size() == 2);
  }
}

}  // namespace assay::test
