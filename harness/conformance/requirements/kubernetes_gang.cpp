// Requirement: the pods of a run are bound to nodes all at once or not at all.
#include <fmt/format.h>

#include "harness/conformance/devices.h"
#include "harness/conformance/findings.h"
#include "harness/conformance/parameters.h"
#include "harness/core/cluster_facts.h"

namespace assay {

namespace {

// A gang's pods are bound one after the other, and are looked at every two seconds.
constexpr std::int64_t kTolerance_s = 10;

class Gang final : public Requirement {
 public:
  std::string kind() const override { return "kubernetes_gang"; }
  Axis axis() const override { return Axis::functional; }

  RequirementVerdict evaluate(const Evidence& evidence,
                              const ProfileRequirement& asked) const override {
    Parameters parameters(asked);
    const std::int64_t tolerance_s = parameters.count("tolerance_s").value_or(kTolerance_s);
    parameters.done();
    Findings findings;
    findings.set_figure("tolerance_s", tolerance_s);
    for (const Result& result : evidence.results) {
      const std::optional<ClusterFacts> facts = cluster_facts(result);
      for (const NodeFacts& node : result.nodes) {
        if (!facts || !facts->gang || facts->gang->scheduler == "none") {
          findings.not_evaluated("missing", node.name + ": no gang scheduler started its pods",
                                 subject_of(node));
          continue;
        }
        check(node, *facts->gang, static_cast<double>(tolerance_s), findings);
      }
    }
    return findings.verdict("pods were bound all at once");
  }

 private:
  static void check(const NodeFacts& node, const GangFacts& gang, double tolerance_s,
                    Findings& findings) {
    findings.figure("nodes", {{"node", node.name},
                              {"scheduler", gang.scheduler},
                              {"pods", gang.pods},
                              {"partial_s", gang.partial_s},
                              {"held_back_s", gang.held_back_s}});
    if (gang.partial_s <= tolerance_s) return findings.pass();
    findings.fail("partial_gang",
                  fmt::format("{}: for {:.0f} s some of its {} pods held nodes while others had "
                              "none, though {} was to start them together",
                              node.name, gang.partial_s, gang.pods, gang.scheduler),
                  subject_of(node));
  }
};

const RequirementEnrolment<Gang> gang_enrolment;

}  // namespace

}  // namespace assay
