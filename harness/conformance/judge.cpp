// Judges documents by a profile: which requirements apply, what each finds, and the verdict.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "harness/conformance/applies.h"
#include "harness/conformance/discards.h"
#include "harness/conformance/node_documents.h"
#include "harness/conformance/requirement.h"
#include "harness/core/asked_cases.h"
#include "harness/core/error.h"

namespace assay {

namespace {

constexpr const char* kCompleteRun = "complete_run";
constexpr const char* kContention = "contention";

const Requirement& requirement_of_kind(const ProfileRequirement& asked) {
  std::vector<std::string> known;
  for (const auto& requirement : requirements()) {
    if (requirement->kind() == asked.kind) return *requirement;
    known.push_back(requirement->kind());
  }
  std::sort(known.begin(), known.end());
  throw Error(fmt::format("profile requirement '{}' is of unknown kind '{}'; known kinds: {}",
                          asked.id, asked.kind, fmt::join(known, ", ")));
}

void refuse_unfit_evidence(const Evidence& evidence) {
  if (evidence.profile == nullptr) throw Error("nothing can be judged without a profile");
  const Profile& profile = *evidence.profile;
  if (evidence.results.empty()) throw Error("nothing to judge: no result document was given");
  for (const Result& result : evidence.results) {
    if (is_for(profile, result.run.backend)) continue;
    throw Error(fmt::format(
        "run {} is of the {} backend, but profile '{}' is for {}; judge it by a profile for {}",
        result.run.id, result.run.backend, profile.name, fmt::join(profile.backends, ", "),
        result.run.backend));
  }
  refuse_repeated_nodes(evidence.results);
}

/// What was simulated says nothing about hardware, in either direction.
void refuse_simulated_baselines(const Evidence& evidence) {
  const bool all_simulated = std::all_of(evidence.results.begin(), evidence.results.end(),
                                         [](const Result& result) { return result.simulated; });
  if (all_simulated) return;
  for (const Baseline& baseline : evidence.baselines)
    if (baseline.simulated)
      throw Error(
          fmt::format("baseline '{}' was made from simulated documents: it judges no measured ones",
                      baseline.name));
}

bool is_contended(const Result& result) {
  return std::any_of(
      result.measurements.begin(), result.measurements.end(),
      [](const Measurement& one) { return one.samples && contended_fraction(one) > 0; });
}

ProfileRequirement added(const char* kind, Level level) {
  ProfileRequirement requirement;
  requirement.id = requirement.kind = kind;
  requirement.level = level;
  return requirement;
}

/// The profile's requirements; `complete_run` is added where the profile forgot it, because what
/// is missing must never pass for want of somebody asking, and `contention` where others are known
/// to have used the machine.
std::vector<ProfileRequirement> asked_of(const Profile& profile,
                                         const std::vector<Result>& results) {
  std::vector<ProfileRequirement> asked = profile.requirements;
  std::set<std::string> ids;
  bool complete = false;
  bool contention = std::none_of(results.begin(), results.end(), is_contended);
  for (const ProfileRequirement& requirement : asked) {
    complete = complete || requirement.kind == kCompleteRun;
    contention = contention || requirement.kind == kContention;
    if (!ids.insert(requirement.id).second) {
      throw Error(fmt::format("profile '{}' has two requirements with the id '{}'", profile.name,
                              requirement.id));
    }
  }
  if (!complete) asked.push_back(added(kCompleteRun, Level::must));
  if (!contention) asked.push_back(added(kContention, Level::should));
  return asked;
}

RequirementVerdict not_applicable(const std::string& why) {
  RequirementVerdict verdict;
  verdict.verdict = Verdict::not_evaluated;
  verdict.reason_code = "not_applicable";
  verdict.reason = why;
  return verdict;
}

RequirementVerdict evaluate(const Requirement& requirement, const Evidence& evidence,
                            const ProfileRequirement& asked) {
  const Applicability applicable = applicability(evidence, asked);
  if (applicable.documents.empty()) return not_applicable(applicable.why_not);
  if (applicable.documents.size() == evidence.results.size()) {
    return requirement.evaluate(evidence, asked);
  }
  Evidence chosen{{}, evidence.profile, evidence.baselines};
  for (const Result* document : applicable.documents) chosen.results.push_back(*document);
  return requirement.evaluate(chosen, asked);
}

}  // namespace

void refuse_unfit(const Profile& profile) {
  refuse_unknown_cases(profile, {});
  const Evidence none{{}, &profile, {}};
  const std::vector<ProfileRequirement> asked = asked_of(profile, {});
  for (std::size_t i = 0; i < asked.size(); ++i) {
    try {
      const Requirement& requirement = requirement_of_kind(asked[i]);
      applicability(none, asked[i]);
      requirement.evaluate(none, asked[i]);  // reads its parameters before any document
    } catch (const Error& error) {
      throw Error(fmt::format("/requirements/{}: {}", i, error.what()));
    }
  }
}

VerdictDocument judge(const Evidence& evidence) {
  refuse_unfit_evidence(evidence);
  refuse_simulated_baselines(evidence);
  refuse_unfit(*evidence.profile);
  const std::vector<ProfileRequirement> asked = asked_of(*evidence.profile, evidence.results);
  std::vector<RequirementVerdict> verdicts;
  for (const ProfileRequirement& one : asked) {
    const Requirement& requirement = requirement_of_kind(one);
    RequirementVerdict verdict = evaluate(requirement, evidence, one);
    verdict.id = one.id;
    verdict.level = one.level;
    verdict.axis = requirement.axis();
    Advice advice = requirement.advice(verdict);
    verdict.action = advice.action;
    verdict.action_reason = std::move(advice.reason);
    verdicts.push_back(std::move(verdict));
  }
  return summarise(evidence.profile->name, std::move(verdicts));
}

}  // namespace assay
