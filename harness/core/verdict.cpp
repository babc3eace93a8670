// How single verdicts become the verdict of the whole; the words a verdict document uses.
#include "harness/core/verdict.h"

#include <algorithm>

#include "harness/core/error.h"

namespace assay {

namespace {

constexpr const char* kNotApplicable = "not_applicable";

/// What one requirement makes of the whole, on the scale pass < warn < fail.
Verdict weight(const RequirementVerdict& requirement) {
  switch (requirement.verdict) {
    case Verdict::pass:
      return Verdict::pass;
    case Verdict::warn:
      return Verdict::warn;
    case Verdict::fail:
    case Verdict::not_evaluated:
      return requirement.level == Level::must ? Verdict::fail : Verdict::warn;
  }
  throw Error("a verdict outside its enumeration");
}

}  // namespace

bool is_not_applicable(const RequirementVerdict& requirement) {
  return requirement.verdict == Verdict::not_evaluated && requirement.reason_code == kNotApplicable;
}

VerdictDocument summarise(std::string profile_name, std::vector<RequirementVerdict> requirements) {
  VerdictDocument document;
  document.profile_name = std::move(profile_name);
  for (const Word<Verdict>& verdict : words_of(Verdict())) document.counts[verdict.text] = 0;
  document.counts[kNotApplicable] = 0;
  bool evaluated = false;
  Verdict worst = Verdict::pass;
  for (const RequirementVerdict& requirement : requirements) {
    const bool excluded = is_not_applicable(requirement);
    ++document.counts[excluded ? kNotApplicable : name(requirement.verdict)];
    if (excluded) continue;
    evaluated = evaluated || requirement.verdict != Verdict::not_evaluated;
    worst = std::max(worst, weight(requirement));
  }
  const bool nothing_failed = worst != Verdict::fail;
  document.verdict = !evaluated && nothing_failed ? Verdict::not_evaluated : worst;
  document.requirements = std::move(requirements);
  return document;
}

std::span<const Word<Verdict>> words_of(Verdict) {
  static constexpr Word<Verdict> kWords[] = {{Verdict::pass, "pass"},
                                             {Verdict::warn, "warn"},
                                             {Verdict::fail, "fail"},
                                             {Verdict::not_evaluated, "not_evaluated"}};
  return kWords;
}

std::span<const Word<Level>> words_of(Level) {
  static constexpr Word<Level> kWords[] = {{Level::must, "must"}, {Level::should, "should"}};
  return kWords;
}

std::span<const Word<Axis>> words_of(Axis) {
  static constexpr Word<Axis> kWords[] = {{Axis::functional, "functional"},
                                          {Axis::performance, "performance"},
                                          {Axis::validity, "validity"}};
  return kWords;
}

std::span<const Word<Action>> words_of(Action) {
  static constexpr Word<Action> kWords[] = {{Action::none, "none"},
                                            {Action::rerun, "rerun"},
                                            {Action::quiet_machine, "quiet_machine"},
                                            {Action::drain, "drain"},
                                            {Action::reset_device, "reset_device"},
                                            {Action::restart_node, "restart_node"},
                                            {Action::service, "service"},
                                            {Action::check_fabric, "check_fabric"}};
  return kWords;
}

const char* name(Verdict verdict) { return word_of(verdict); }
const char* name(Level level) { return word_of(level); }
const char* name(Axis axis) { return word_of(axis); }
const char* name(Action action) { return word_of(action); }

}  // namespace assay
