// How single verdicts become the verdict of the whole; the words a verdict document uses.
#include "harness/core/verdict.h"

#include <algorithm>

#include "harness/core/error.h"

namespace assay {

namespace {

constexpr const char* kNotApplicable = "not_applicable";

bool excluded_by_profile(const RequirementVerdict& requirement) {
  return requirement.verdict == Verdict::not_evaluated && requirement.reason_code == kNotApplicable;
}

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

VerdictDocument summarise(std::string profile_name, std::vector<RequirementVerdict> requirements) {
  VerdictDocument document;
  document.profile_name = std::move(profile_name);
  for (const Verdict verdict :
       {Verdict::pass, Verdict::warn, Verdict::fail, Verdict::not_evaluated}) {
    document.counts[name(verdict)] = 0;
  }
  bool evaluated = false;
  Verdict worst = Verdict::pass;
  for (const RequirementVerdict& requirement : requirements) {
    ++document.counts[name(requirement.verdict)];
    if (excluded_by_profile(requirement)) continue;
    evaluated = evaluated || requirement.verdict != Verdict::not_evaluated;
    worst = std::max(worst, weight(requirement));
  }
  const bool nothing_failed = worst != Verdict::fail;
  document.verdict = !evaluated && nothing_failed ? Verdict::not_evaluated : worst;
  document.requirements = std::move(requirements);
  return document;
}

const char* name(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return "pass";
    case Verdict::warn:
      return "warn";
    case Verdict::fail:
      return "fail";
    case Verdict::not_evaluated:
      return "not_evaluated";
  }
  throw Error("a verdict outside its enumeration");
}

const char* name(Level level) { return level == Level::must ? "must" : "should"; }

const char* name(Axis axis) {
  switch (axis) {
    case Axis::functional:
      return "functional";
    case Axis::performance:
      return "performance";
    case Axis::validity:
      return "validity";
  }
  throw Error("an axis outside its enumeration");
}

}  // namespace assay
