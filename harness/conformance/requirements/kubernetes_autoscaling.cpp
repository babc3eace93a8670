// Requirement: claims that no node can meet bring nodes, and these go again when nobody needs them.
// Where no autoscaler leaves a sign and no node comes, that does not apply, and is said.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/conformance/findings.h"
#include "harness/conformance/parameters.h"
#include "harness/conformance/probed.h"

namespace assay {

namespace {

class Autoscaling final : public Requirement {
 public:
  std::string kind() const override { return "kubernetes_autoscaling"; }
  Axis axis() const override { return Axis::functional; }

  RequirementVerdict evaluate(const Evidence& evidence,
                              const ProfileRequirement& asked) const override {
    Parameters(asked).done();
    Findings findings;
    const std::vector<ClusterFacts> all = probed(evidence, "autoscaling");
    const bool is_known = std::any_of(all.begin(), all.end(), [](const ClusterFacts& facts) {
      return !facts.autoscaling->autoscaler.empty() || !facts.autoscaling->added.empty();
    });
    for (const ClusterFacts& facts : all) check(*facts.autoscaling, is_known, findings);
    return findings.verdict("nodes came for pending claims and went again");
  }

 private:
  /// `is_known`: another run of the documents has seen an autoscaler, if not this one.
  static void check(const AutoscalingFacts& facts, bool is_known, Findings& findings) {
    const Subject subject{"fabric", facts.autoscaler.empty() ? "autoscaler" : facts.autoscaler};
    findings.figure("scaling", {{"autoscaler", facts.autoscaler},
                                {"nodes", facts.nodes},
                                {"pods", facts.pods},
                                {"added", facts.added},
                                {"bound_s", facts.bound_s ? Json(*facts.bound_s) : Json()},
                                {"removed_s", facts.removed_s ? Json(*facts.removed_s) : Json()}});
    const std::string asked = fmt::format("{} pods on {} free nodes", facts.pods, facts.nodes);
    if (facts.added.empty() && facts.bound_s)
      return findings.not_evaluated(
          "missing", asked + ": all were bound without a new node: others freed theirs", subject);
    if (facts.added.empty() && facts.autoscaler.empty())
      return findings.not_evaluated(
          is_known ? "missing" : "not_applicable",
          fmt::format("no autoscaler{}: neither karpenter.sh nor the ConfigMap "
                      "kube-system/cluster-autoscaler-status is there, none left an event on the "
                      "waiting pods, and no node came within {:.0f} s for {}",
                      is_known ? " in this run, and another run saw one" : "", facts.waited_s,
                      asked),
          subject);
    if (facts.added.empty())
      return findings.fail("not_scaled_up",
                           fmt::format("{}: no node came within {:.0f} s", asked, facts.waited_s),
                           subject);
    if (!facts.bound_s)
      return findings.fail("still_pending",
                           fmt::format("{}: {} came, and pods still wait after {:.0f} s", asked,
                                       fmt::join(facts.added, ", "), facts.waited_s),
                           subject);
    if (!facts.removed_s)
      return findings.fail(
          "not_scaled_down",
          fmt::format("{} stayed though nobody needs them", fmt::join(facts.added, ", ")), subject);
    findings.pass();
  }
};

const RequirementEnrolment<Autoscaling> autoscaling_enrolment;

}  // namespace

}  // namespace assay
