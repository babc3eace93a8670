// Requirement: collectives reach what a baseline says of this kind of fabric and number of ranks.
#include <fmt/format.h>

#include <cmath>

#include "harness/conformance/baseline_lookup.h"
#include "harness/conformance/fabric.h"
#include "harness/conformance/findings.h"
#include "harness/conformance/quantity.h"
#include "harness/conformance/rate_limit.h"

namespace assay {

namespace {

class FabricThroughputVsBaseline final : public Requirement {
 public:
  std::string kind() const override { return "fabric_throughput_vs_baseline"; }
  Axis axis() const override { return Axis::performance; }

  RequirementVerdict evaluate(const Evidence& evidence,
                              const ProfileRequirement& asked) const override {
    Parameters parameters(asked);
    const CaseFilter filter = CaseFilter::read(parameters);
    const RateLimit standard = RateLimit::read(parameters, RateLimit{0.90, 0.95});
    parameters.done();
    Findings findings;
    if (fabric_documents(evidence).empty()) findings.not_evaluated("missing", kNoFabric);
    double lowest = HUGE_VAL;
    for (const FabricGroup& group : fabric_groups(evidence, filter)) {
      if (group.workload == "pair") continue;
      lowest = std::min(lowest,
                        judge_fabric_group(group, evidence.baselines, filter, standard, findings));
    }
    return findings.verdict(fmt::format("lowest {} of its baseline", percent(lowest)));
  }

 private:
  static double judge_fabric_group(const FabricGroup& group, const std::vector<Baseline>& baselines,
                                   const CaseFilter& filter, const RateLimit& standard,
                                   Findings& findings) {
    const Subject subject = fabric_subject(*group.document);
    const FoundRow found =
        find_fabric_row(baselines, group.members, group.document->run.started, filter);
    if (found.row == nullptr) {
      findings.not_evaluated(
          "no_baseline",
          fmt::format("no baseline row for {} over {} ranks; give one with --baseline",
                      group.name(), group.document->run.world_size),
          subject);
      return HUGE_VAL;
    }
    const BaselineRow& row = *found.row;
    const RateLimit limit{row.fail_below.value_or(standard.fail_below),
                          row.warn_below.value_or(standard.warn_below)};
    const Rate rate{row.metric, found.measurement->metrics.at(row.metric)};
    const RateFraction fraction = with_interval(rate.value / row.value, *found.measurement);
    const std::string text = fmt::format(
        "{} {} = {} of the baseline's {} ({})", found.measurement->id.str(), in_words(rate),
        percent(fraction.at_median), in_words({row.metric, row.value}), found.baseline->name);
    findings.figure("cases", {{"case", found.measurement->id.str()},
                              {row.metric, rate.value},
                              {"baseline", row.value},
                              {"baseline_fraction", fraction.at_median},
                              {"fail_below", limit.fail_below},
                              {"warn_below", limit.warn_below},
                              {"source", row.source},
                              {"expired", found.expired}});
    if (report_below(text, fraction, limit, subject, findings)) return fraction.at_median;
    if (found.expired) {
      findings.warn("baseline_expired",
                    fmt::format("{}, but the row expired on {}", text, row.expires), subject);
    } else {
      findings.pass();
    }
    return fraction.at_median;
  }
};

const RequirementEnrolment<FabricThroughputVsBaseline> fabric_throughput_vs_baseline_enrolment;

}  // namespace

}  // namespace assay
