// Requirement: every node has as many devices as expected, or as its neighbours.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "harness/conformance/fabric.h"
#include "harness/conformance/inventory.h"
#include "harness/conformance/parameters.h"

namespace assay {

namespace {

/// What most nodes have; the larger number where two are as common.
std::size_t usual_count(const std::vector<const NodeFacts*>& nodes) {
  std::map<std::size_t, std::size_t> nodes_by_count;
  for (const NodeFacts* node : nodes) ++nodes_by_count[node->devices.size()];
  std::size_t usual = 0, most = 0;
  for (const auto& [count, n] : nodes_by_count) {
    if (n < most) continue;
    usual = count;
    most = n;
  }
  return usual;
}

/// What was judged, down to the card, for readers of the verdict who do not have the documents.
Json described(const DeviceRef& ref) {
  const DeviceFacts& device = *ref.device;
  Json entry = device_figures(ref);
  entry["name"] = device.name;
  const auto add = [&](const char* key, const auto& fact) {
    if (fact) entry[key] = *fact;
  };
  add("sku", device.sku);
  add("serial", device.serial);
  add("board_part_number", device.board_part_number);
  add("vbios", device.vbios);
  add("pci_bus_id", device.pci_bus_id);
  add("pci_id", device.pci_id);
  add("compute_capability", device.compute_capability);
  add("multiprocessors", device.multiprocessors);
  add("memory_bytes", device.memory_bytes);
  add("l2_bytes", device.l2_bytes);
  return entry;
}

class DeviceCount final : public Requirement {
 public:
  std::string kind() const override { return "inventory_device_count"; }
  Axis axis() const override { return Axis::functional; }

  RequirementVerdict evaluate(const Evidence& evidence,
                              const ProfileRequirement& asked) const override {
    Parameters parameters(asked);
    const std::optional<std::int64_t> asked_for = parameters.count("expected");
    parameters.done();

    std::vector<const NodeFacts*> nodes;
    Findings findings(evidence);
    for (const Result& result : evidence.results) {
      for (const NodeFacts& node : result.nodes) nodes.push_back(&node);
      if (result.nodes.empty() && !has_nodes_elsewhere(result)) {
        findings.not_evaluated("missing", "run " + result.run.id + " describes no node");
      }
    }
    const std::size_t expected =
        asked_for ? static_cast<std::size_t>(*asked_for) : usual_count(nodes);
    findings.set_figure("expected", expected);
    for (const DeviceRef& ref : devices_of(evidence))
      findings.figure("devices", [&] { return described(ref); });
    for (const NodeFacts* node : nodes) {
      const std::size_t count = node->devices.size();
      findings.figure("nodes", [&] { return Json{{"node", node->name}, {"devices", count}}; });
      if (count == 0 && expected == 0) {  // others, or the profile, would say that some are lost
        findings.not_evaluated("missing", node->name + " has no device", subject_of(*node));
      } else if (count != expected) {
        findings.fail("device_count",
                      fmt::format("{} has {} devices, {} {}", node->name, count,
                                  asked_for ? "expected" : "most nodes have", expected),
                      subject_of(*node));
      } else {
        findings.pass();
      }
    }
    return findings.verdict(fmt::format("devices per node: {}; nodes: {}", expected, nodes.size()));
  }
};

const RequirementEnrolment<DeviceCount> device_count_enrolment;

}  // namespace

}  // namespace assay
