// Requirement: collectives reach what a baseline says of this kind of fabric and number of ranks.
#include <fmt/format.h>

#include <cmath>
#include <map>
#include <utility>
#include <vector>

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
      const DeviceFacts* device = devices.device_of(*group.document);
      const std::map<ScopeKey, Members> scopes = scopes_of(group, filter);
      if (scopes.empty())
        findings.not_evaluated("missing", group.name() + " has no verified measurement",
                               fabric_subject(*group.document));
      for (const auto& [scope, members] : scopes)
        lowest = std::min(
            lowest, judge_scope(group, members, device, evidence, filter, standard, findings));
    }
    return findings.verdict(fmt::format("lowest {} of its baseline", percent(lowest)));
  }

 private:
  using ScopeKey = std::pair<std::string, std::vector<std::string>>;
  using Members = std::vector<const Measurement*>;

  /// What was measured over each scope: one fast node says nothing of the others, nor of what is
  /// between them.
  static std::map<ScopeKey, Members> scopes_of(const FabricGroup& group, const CaseFilter& filter) {
    std::map<ScopeKey, Members> scopes;
    for (const Measurement* member : group.members) {
      if (filter.implementation && member->id.implementation != *filter.implementation) continue;
      if (rate_of(*member)) scopes[{member->scope.level, member->scope.members}].push_back(member);
    }
    return scopes;
  }

  static std::size_t ranks_of_case(const Measurement& member, const Result& document) {
    return member.id.shape.has("ranks") ? static_cast<std::size_t>(member.id.shape.at("ranks"))
                                        : ranks_of(document);
  }

  static double judge_scope(const FabricGroup& group, const Members& members,
                            const DeviceFacts* device, const Evidence& evidence,
                            const CaseFilter& filter, const RateLimit& standard,
                            Findings& findings) {
    // What spans all of a run is said to be between its ranks, wherever these are.
    const bool is_of_all =
        ranks_of_case(*members.front(), *group.document) >= ranks_of(*group.document);
    const auto subject = [&] {
      return is_of_all ? fabric_subject(*group.document) : subject_of(members.front()->scope);
    };
    FoundRow found;
    if (device != nullptr)
      found = find_fabric_row(evidence.baselines, *device, members, group.document->run.started,
                              filter);
    if (found.row != nullptr)
      return judge_against(
          found, standard, subject, [] { return Json::object(); }, findings);
    const std::string what = fmt::format("no baseline row for {} over {} ranks", group.name(),
                                         ranks_of_case(*members.front(), *group.document));
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
