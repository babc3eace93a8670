// Requirement: where there is no room for a whole gang none of it is bound, and two gangs that each
// need the same nodes start one after the other. Half a gang holds devices and computes nothing;
// two halves wait for each other for ever. One run that found room for all its pods shows neither.
#include <fmt/format.h>

#include "harness/conformance/findings.h"
#include "harness/conformance/parameters.h"
#include "harness/conformance/probed.h"

namespace assay {

namespace {

// A scheduler that binds pods one by one would have bound by then those that fit.
constexpr std::int64_t kLeastWindow_s = 10;
// A gang's pods are bound one after the other, and are looked at every two seconds.
constexpr std::int64_t kBoundInPart_s = 10;

class GangContention final : public Requirement {
 public:
  std::string kind() const override { return "kubernetes_gang_contention"; }
  Axis axis() const override { return Axis::functional; }

  RequirementVerdict evaluate(const Evidence& evidence,
                              const ProfileRequirement& asked) const override {
    Parameters parameters(asked);
    const auto window_s =
        static_cast<double>(parameters.count("window_s").value_or(kLeastWindow_s));
    const auto tolerance_s =
        static_cast<double>(parameters.count("tolerance_s").value_or(kBoundInPart_s));
    parameters.done();
    Findings findings;
    for (const ClusterFacts& facts : probed(evidence, "gang_contention"))
      check(*facts.gang_contention, window_s, tolerance_s, findings);
    return findings.verdict("gangs were held back whole and started one after the other");
  }

 private:
  static void check(const GangContentionFacts& facts, double window_s, double tolerance_s,
                    Findings& findings) {
    const Subject gang{"fabric", "gangs of " + facts.scheduler};
    findings.figure("gangs", {{"scheduler", facts.scheduler},
                              {"pods", facts.pods},
                              {"window_s", facts.window_s},
                              {"bound_early", facts.bound_early},
                              {"partial_s", facts.partial_s},
                              {"first_s", facts.first_s ? Json(*facts.first_s) : Json()},
                              {"second_s", facts.second_s ? Json(*facts.second_s) : Json()}});
    if (facts.bound_early > 0)
      return findings.fail(
          "partial_gang",
          fmt::format("{} bound {} of a gang's {} pods while there was no room for all of them",
                      facts.scheduler, facts.bound_early, facts.pods),
          gang);
    if (facts.pods < 2 || facts.window_s < window_s)
      return findings.not_evaluated(
          "missing",
          fmt::format("gangs of {} pods were held back for {:.0f} s: at least 2 pods and {:.0f} s "
                      "are needed, so that pods bound one by one would show",
                      facts.pods, facts.window_s, window_s),
          gang);
    if (facts.partial_s > tolerance_s)
      return findings.fail(
          "partial_gang",
          fmt::format("{}: for {:.0f} s a gang was bound in part while another wanted its nodes",
                      facts.scheduler, facts.partial_s),
          gang);
    if (!facts.first_s)
      return findings.fail(
          "gang_deadlock",
          fmt::format("{}: of two gangs that each need all {} nodes neither started, though the "
                      "nodes were free",
                      facts.scheduler, facts.pods),
          gang);
    if (!facts.second_s)
      return findings.fail("gang_starved",
                           fmt::format("{}: the second gang did not start when the first had ended",
                                       facts.scheduler),
                           gang);
    findings.pass();
  }
};

const RequirementEnrolment<GangContention> gang_contention_enrolment;

}  // namespace

}  // namespace assay
