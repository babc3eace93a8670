// Judges documents by a profile: which requirements apply, what each finds, and the verdict.
#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <set>
#include <type_traits>
#include <utility>

#include "harness/conformance/applies.h"
#include "harness/conformance/cases.h"
#include "harness/conformance/discards.h"
#include "harness/conformance/fabric.h"
#include "harness/conformance/node_documents.h"
#include "harness/conformance/reduced.h"
#include "harness/conformance/requirement.h"
#include "harness/core/asked_cases.h"
#include "harness/core/error.h"
#include "harness/core/simulation.h"

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

/// A model's devices are nobody's peers: how fast, alike and many they are was made up.
void refuse_simulated_beside_measured(const std::vector<Result>& results) {
  const auto other = std::find_if(results.begin(), results.end(), [&](const Result& result) {
    return is_simulation(result) != is_simulation(results.front());
  });
  if (other == results.end()) return;
  const bool is_first = is_simulation(results.front());
  throw Error(fmt::format(
      "run {} was simulated and run {} was measured: a model's devices say nothing of real ones; "
      "judge the measured documents alone",
      (is_first ? results.front() : *other).run.id, (is_first ? *other : results.front()).run.id));
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
  refuse_simulated_beside_measured(evidence.results);
  const bool by_claims =
      std::any_of(profile.requirements.begin(), profile.requirements.end(),
                  [](const auto& asked) { return asked.kind == "kubernetes_alignment"; });
  refuse_repeated_nodes(evidence.results, by_claims);
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
std::vector<ProfileRequirement> asked_of(const Profile& profile, bool others_used_it) {
  std::vector<ProfileRequirement> asked = profile.requirements;
  std::set<std::string> ids;
  bool complete = false;
  bool contention = !others_used_it;
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

RequirementVerdict completed(RequirementVerdict verdict, const ProfileRequirement& asked,
                             const Requirement& requirement) {
  verdict.id = asked.id;
  verdict.level = asked.level;
  verdict.axis = requirement.axis();
  Advice advice = requirement.advice(verdict);
  verdict.action = advice.action;
  verdict.action_reason = std::move(advice.reason);
  return verdict;
}

}  // namespace

namespace judging {

/// Documents in another place until the object goes, not copied.
class Chosen {
 public:
  Chosen(Evidence& from, const std::vector<const Result*>& chosen) : from_(from) {
    for (const Result* document : chosen)
      places_.push_back(static_cast<std::size_t>(document - from.results.data()));
    evidence.profile = from.profile;
    evidence.asked = from.asked;
    evidence.has_lists = from.has_lists;
    evidence.baselines.swap(from.baselines);
    for (const std::size_t place : places_)
      evidence.results.push_back(std::move(from.results[place]));
  }
  Chosen(const Chosen&) = delete;
  Chosen& operator=(const Chosen&) = delete;
  ~Chosen() {
    for (std::size_t i = 0; i < places_.size(); ++i)
      from_.results[places_[i]] = std::move(evidence.results[i]);
    from_.baselines.swap(evidence.baselines);
  }

  Evidence evidence;

 private:
  Evidence& from_;
  std::vector<std::size_t> places_;
};

/// A requirement of the profile on its way through the documents.
class Asked {
 public:
  Asked(const ProfileRequirement& one, const Profile& profile)
      : asked(one),
        requirement(&requirement_of_kind(one)),
        inquiry(requirement->inquire(profile, one)) {}

  /// Whether it can look at some documents, and judge when they are reduced.
  bool looks_at_some(const Profile& profile) const {
    if (!is_of_facts(asked)) return false;
    return !inquiry || (is_of_a_document(asked) && requirement->looks_at_some(profile));
  }

  void leave_out_lists() {
    if (inquiry) inquiry->leave_out_lists();
  }

  void look(Evidence& some) {
    if (!inquiry || problem) return;
    const Applicability applicable = applicability(some, asked);
    if (applicable.documents.empty()) return;
    try {
      if (applicable.documents.size() == some.results.size()) return inquiry->look(some);
      const Chosen chosen(some, applicable.documents);
      inquiry->look(chosen.evidence);
    } catch (const Error&) {
      problem = std::current_exception();
    }
  }

  RequirementVerdict verdict(Evidence& all) {
    RequirementVerdict verdict = completed(found(all), asked, *requirement);
    inquiry.reset();  // the notes of a fleet are large, and the verdict has its figures
    return verdict;
  }

 private:
  RequirementVerdict found(Evidence& all) {
    if (problem) std::rethrow_exception(problem);
    const Applicability applicable = applicability(all, asked);
    if (applicable.documents.empty()) return not_applicable(applicable.why_not);
    if (applicable.documents.size() == all.results.size()) return verdict_on(all);
    const Chosen chosen(all, applicable.documents);
    return verdict_on(chosen.evidence);
  }
  RequirementVerdict verdict_on(const Evidence& all) {
    return inquiry ? inquiry->verdict(all) : requirement->evaluate(all, asked);
  }

  ProfileRequirement asked;
  const Requirement* requirement;
  std::unique_ptr<Inquiry> inquiry;  // null: it reads facts
  std::exception_ptr problem;        // of looking: told when its verdict is due
};

}  // namespace judging

void refuse_unfit(const Profile& profile) {
  refuse_unknown_cases(profile, {});
  const Evidence none{{}, &profile, {}};
  const std::vector<ProfileRequirement> asked = asked_of(profile, false);
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

RequirementVerdict Requirement::evaluate(const Evidence& evidence,
                                         const ProfileRequirement& asked) const {
  const std::unique_ptr<Inquiry> inquiry = inquire(*evidence.profile, asked);
  inquiry->look(evidence);
  return inquiry->verdict(evidence);
}

VerdictDocument judge(const Evidence& evidence) {
  refuse_unfit_evidence(evidence);
  refuse_simulated_baselines(evidence);
  refuse_unfit(*evidence.profile);
  std::vector<RequirementVerdict> verdicts;
  for (const ProfileRequirement& one :
       asked_of(*evidence.profile,
                std::any_of(evidence.results.begin(), evidence.results.end(), is_contended))) {
    const Requirement& requirement = requirement_of_kind(one);
    verdicts.push_back(completed(evaluate(requirement, evidence, one), one, requirement));
  }
  return summarise(evidence.profile->name, std::move(verdicts));
}

bool is_alone(const Result& result) {
  return result.run.world_size == 1 && !result.imported && !has_nodes_elsewhere(result);
}

struct Judge::Course {
  Evidence some, all;
  std::vector<judging::Asked> asked;
  bool is_contended = false;
  std::exception_ptr unfit;  // the profile: told when the documents have been refused or not
};

Judge::Judge(const Profile& profile, std::vector<Baseline> baselines, Lists lists)
    : course_(std::make_unique<Course>()) {
  course_->some.profile = course_->all.profile = &profile;
  course_->some.baselines = std::move(baselines);
  course_->some.asked = course_->all.asked = std::make_shared<AskedMemo>();
  try {
    refuse_unfit(profile);
    for (const ProfileRequirement& one : asked_of(profile, true))
      course_->asked.emplace_back(one, profile);
    course_->all.has_lists = lists == Lists::kept;
    if (lists == Lists::left_out)
      for (judging::Asked& one : course_->asked) one.leave_out_lists();
  } catch (const Error&) {
    course_->unfit = std::current_exception();
    course_->asked.clear();
  }
}

Judge::~Judge() = default;

bool Judge::looks_at_some() const {
  const Profile& profile = *course_->all.profile;
  return std::all_of(course_->asked.begin(), course_->asked.end(),
                     [&](const judging::Asked& one) { return one.looks_at_some(profile); });
}

std::vector<Result> Judge::look(std::vector<Result> documents) {
  // A copy would have its nodes elsewhere.
  static_assert(std::is_nothrow_move_constructible_v<Result>);
  Evidence& some = course_->some;
  some.results = std::move(documents);
  const auto is_seen = [](const Result& result) { return assay::is_contended(result); };
  course_->is_contended =
      course_->is_contended || std::any_of(some.results.begin(), some.results.end(), is_seen);
  some.layout = layout_of(some);
  for (judging::Asked& one : course_->asked) one.look(some);
  some.layout = nullptr;
  for (Result& document : some.results) course_->all.results.push_back(take_reduced(document));
  return std::exchange(some.results, {});
}

const std::vector<Result>& Judge::documents() const { return course_->all.results; }

VerdictDocument Judge::verdict() {
  Evidence& all = course_->all;
  all.baselines.swap(course_->some.baselines);
  refuse_unfit_evidence(all);
  refuse_simulated_baselines(all);
  if (course_->unfit) std::rethrow_exception(course_->unfit);
  std::vector<RequirementVerdict> verdicts;
  // Where nobody used the machine, `contention` is there in addition, last.
  const std::size_t count = asked_of(*all.profile, course_->is_contended).size();
  for (std::size_t i = 0; i < count; ++i) verdicts.push_back(course_->asked[i].verdict(all));
  return summarise(all.profile->name, std::move(verdicts));
}

}  // namespace assay
