// Requirement: collectives reach what a baseline says of this kind of fabric and number of ranks.
#include <fmt/format.h>

#include <cmath>

#include "harness/conformance/against_baseline.h"
#include "harness/conformance/fabric.h"
#include "harness/conformance/quantity.h"

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
    Findings findings(evidence);
    if (fabric_documents(evidence).empty()) findings.not_evaluated("missing", kNoFabric);
    const FabricDevices devices(evidence);
    double lowest = HUGE_VAL;
    for (const FabricGroup& group : fabric_groups(evidence, filter)) {
      if (group.workload == "pair") continue;
      lowest = std::min(lowest, judge_fabric_group(group, devices.device_of(*group.document),
                                                   evidence, filter, standard, findings));
    }
    return findings.verdict(fmt::format("lowest {} of its baseline", percent(lowest)));
  }

 private:
  static double judge_fabric_group(const FabricGroup& group, const DeviceFacts* device,
                                   const Evidence& evidence, const CaseFilter& filter,
                                   const RateLimit& standard, Findings& findings) {
    const auto subject = [&] { return fabric_subject(*group.document); };
    FoundRow found;
    if (device != nullptr)
      found = find_fabric_row(evidence.baselines, *device, group.members,
                              group.document->run.started, filter);
    if (found.row != nullptr)
      return judge_against(
          found, standard, subject, [] { return Json::object(); }, findings);
    const std::string what = fmt::format("no baseline row for {} over {} ranks", group.name(),
                                         ranks_of(*group.document));
    findings.not_evaluated("no_baseline",
                           device == nullptr
                               ? what + ": no document says which one kind of device the ranks have"
                               : what + "; give one with --baseline",
                           subject());
    return HUGE_VAL;
  }
};

const RequirementEnrolment<FabricThroughputVsBaseline> fabric_throughput_vs_baseline_enrolment;

}  // namespace

}  // namespace assay
