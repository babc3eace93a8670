// Requirement: the devices that a pod's claim allocated are those that its runtime sees.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "harness/conformance/devices.h"
#include "harness/conformance/findings.h"
#include "harness/conformance/parameters.h"

namespace assay {

namespace {

using Uuids = std::set<std::string>;

Uuids seen_by(const NodeFacts& node) {
  Uuids uuids;
  for (const DeviceFacts& device : node.devices) uuids.insert(device.uuid);
  return uuids;
}

std::vector<std::string> without(const Uuids& all, const Uuids& known) {
  std::vector<std::string> rest;
  std::set_difference(all.begin(), all.end(), known.begin(), known.end(), std::back_inserter(rest));
  return rest;
}

class ClaimedDevices final : public Requirement {
 public:
  std::string kind() const override { return "kubernetes_claimed_devices"; }
  Axis axis() const override { return Axis::functional; }

  RequirementVerdict evaluate(const Evidence& evidence,
                              const ProfileRequirement& asked) const override {
    Parameters(asked).done();
    Findings findings;
    for (const Result& result : evidence.results)
      for (const NodeFacts& node : result.nodes) check(node, findings);
    return findings.verdict("every claimed device is seen, and no other");
  }

 private:
  static void check(const NodeFacts& node, Findings& findings) {
    if (!node.kubernetes || node.kubernetes->allocated.empty())
      return findings.not_evaluated("missing", node.name + ": no allocated device is known",
                                    subject_of(node));
    const Uuids claimed(node.kubernetes->allocated.begin(), node.kubernetes->allocated.end());
    const Uuids seen = seen_by(node);
    findings.figure("nodes", {{"node", node.name},
                              {"claim", node.kubernetes->claim},
                              {"claimed", claimed},
                              {"seen", seen}});
    const std::vector<std::string> lost = without(claimed, seen), foreign = without(seen, claimed);
    if (!lost.empty())
      findings.fail("claimed_not_seen",
                    fmt::format("{}: claim {} allocated {}, which the runtime does not see",
                                node.name, node.kubernetes->claim, fmt::join(lost, ", ")),
                    subject_of(node));
    if (!foreign.empty())
      findings.fail("seen_not_claimed",
                    fmt::format("{}: the runtime sees {}, which claim {} did not allocate",
                                node.name, fmt::join(foreign, ", "), node.kubernetes->claim),
                    subject_of(node));
    if (lost.empty() && foreign.empty()) findings.pass();
  }
};

const RequirementEnrolment<ClaimedDevices> claimed_devices_enrolment;

}  // namespace

}  // namespace assay
