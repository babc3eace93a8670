// One requirement: a rule that a profile may ask for, evaluated on documents alone.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/core/baseline.h"
#include "harness/core/plain_text.h"
#include "harness/core/profile.h"
#include "harness/core/result.h"
#include "harness/core/verdict.h"

namespace assay {

/// Everything a verdict may depend on, so that it can be replayed from files.
struct Evidence {
  std::vector<Result> results;
  const Profile* profile = nullptr;
  std::vector<Baseline> baselines;
};

/// What to do about a verdict, and why that.
struct Advice {
  Action action = Action::none;
  std::string reason;
};

/// By the verdict's reason code and subjects; nothing for a pass and for what does not apply.
Advice usual_advice(const RequirementVerdict& verdict);

class Requirement {
 public:
  virtual ~Requirement() = default;
  /// The `kind` that a profile's requirement names, e.g. `throughput`.
  virtual std::string kind() const = 0;
  virtual Axis axis() const = 0;
  /// Fills verdict, reason_code, reason, subjects and figures; id, level and axis are set by the
  /// judge, which has already dealt with `applies_when`. Something missing is never a pass.
  virtual RequirementVerdict evaluate(const Evidence& evidence,
                                      const ProfileRequirement& asked) const = 0;
  /// Of a verdict of this requirement; one whose reason codes the usual advice does not know has
  /// its own.
  virtual Advice advice(const RequirementVerdict& verdict) const { return usual_advice(verdict); }
};

const std::vector<std::unique_ptr<Requirement>>& requirements();
void enrol(std::unique_ptr<Requirement> requirement);

/// A namespace-scope object of this type in the requirement's own file enrols it.
template <class T>
struct RequirementEnrolment {
  RequirementEnrolment() { enrol(std::make_unique<T>()); }
};

/// Throws Error, naming the profile's entry, for what no documents could make good: a requirement
/// of an unknown kind, a condition or parameter that it does not have, a shape or a dtype that no
/// case has, a size that the dtype cannot have.
void refuse_unfit(const Profile& profile);

/// Judges every requirement of the profile. Refuses unfit profiles and (Error, exit 2) documents of
/// a backend that the profile is not for.
VerdictDocument judge(const Evidence& evidence);

/// The verdict as text for a terminal, in lines of `width` columns; one table, failures first with
/// their subjects and what to do.
std::string to_text(const VerdictDocument& document, bool colour, std::size_t width = kPipeColumns);
/// The same as Markdown.
std::string to_markdown(const VerdictDocument& document);
/// The verdict as JUnit XML: one test case a requirement.
std::string to_junit(const VerdictDocument& document);
/// The verdict as Prometheus text for node_exporter's textfile collector.
std::string to_prometheus(const VerdictDocument& document);
/// The measurements as CSV, one row a measurement, the variables of its case in columns.
std::string to_csv(const std::vector<Result>& results);

}  // namespace assay
