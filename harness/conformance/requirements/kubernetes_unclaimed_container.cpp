// Requirement: a container that claims nothing sees no accelerator of its node.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/conformance/devices.h"
#include "harness/conformance/findings.h"
#include "harness/conformance/parameters.h"
#include "harness/core/cluster_facts.h"

namespace assay {

namespace {

class UnclaimedContainer final : public Requirement {
 public:
  std::string kind() const override { return "kubernetes_unclaimed_container"; }
  Axis axis() const override { return Axis::functional; }

  RequirementVerdict evaluate(const Evidence& evidence,
                              const ProfileRequirement& asked) const override {
    Parameters(asked).done();
    Findings findings;
    for (const Result& result : evidence.results) {
      const std::optional<ClusterFacts> facts = cluster_facts(result);
      for (const NodeFacts& node : result.nodes) {
        if (!facts || !facts->unclaimed) {
          findings.not_evaluated("missing", node.name + ": no container without a claim has looked",
                                 subject_of(node));
        } else if (!facts->unclaimed->empty()) {
          findings.fail("not_isolated",
                        fmt::format("{}: a container without a claim sees {}", node.name,
                                    fmt::join(*facts->unclaimed, ", ")),
                        subject_of(node));
        } else {
          findings.pass();
        }
      }
    }
    return findings.verdict("a container without a claim sees no accelerator");
  }
};

const RequirementEnrolment<UnclaimedContainer> unclaimed_container_enrolment;

}  // namespace

}  // namespace assay
