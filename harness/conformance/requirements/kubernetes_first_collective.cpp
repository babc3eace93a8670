// Requirement: from the run's submission to its first collective no more than so many seconds pass.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <limits>

#include "harness/conformance/findings.h"
#include "harness/conformance/parameters.h"
#include "harness/core/cluster_facts.h"

namespace assay {

namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

/// Seconds since 1970 of `2026-11-23T17:40:00.123Z`, whose fraction may be absent.
std::optional<double> seconds_of(const std::string& utc) {
  std::tm time{};
  const char* rest = strptime(utc.c_str(), "%Y-%m-%dT%H:%M:%S", &time);
  if (rest == nullptr) return std::nullopt;
  return static_cast<double>(timegm(&time)) + (*rest == '.' ? std::atof(rest) : 0.0);
}

bool is_collective(const Measurement& measurement) {
  return measurement.ranks.size() > 1 || measurement.scope.level == "cluster";
}

class FirstCollective final : public Requirement {
 public:
  std::string kind() const override { return "kubernetes_first_collective"; }
  Axis axis() const override { return Axis::functional; }

  RequirementVerdict evaluate(const Evidence& evidence,
                              const ProfileRequirement& asked) const override {
    Parameters parameters(asked);
    const std::optional<std::int64_t> limit_s = parameters.count("at_most_s");
    parameters.done();
    double submitted_s = kNever, first_s = kNever;
    for (const Result& result : evidence.results) {
      if (const auto facts = cluster_facts(result))
        submitted_s = std::min(submitted_s, seconds_of(facts->submitted).value_or(kNever));
      for (const Measurement& measurement : result.measurements)
        if (is_collective(measurement))
          first_s = std::min(first_s, seconds_of(measurement.started).value_or(kNever));
    }
    return judge(first_s - submitted_s, submitted_s, first_s, limit_s);
  }

 private:
  static RequirementVerdict judge(double passed_s, double submitted_s, double first_s,
                                  const std::optional<std::int64_t>& limit_s) {
    Findings findings;
    if (limit_s) findings.set_figure("at_most_s", *limit_s);
    if (submitted_s == kNever)
      findings.not_evaluated("missing", "no document says when the run was submitted");
    if (first_s == kNever) findings.not_evaluated("missing", "no collective was measured");
    if (submitted_s == kNever || first_s == kNever) return findings.verdict("");
    findings.set_figure("passed_s", passed_s);
    // Away from zero, so that 90.5 s do not read as the 90 that are allowed.
    const double whole_s = passed_s < 0 ? std::floor(passed_s) : std::ceil(passed_s);
    const std::string text =
        fmt::format("{:.0f} s from submission to the first collective", whole_s);
    if (passed_s < 0)
      findings.not_evaluated("missing", text + ": the clocks of cluster and nodes disagree");
    else if (limit_s && passed_s > static_cast<double>(*limit_s))
      findings.fail("slow_start", fmt::format("{}, at most {} are allowed", text, *limit_s),
                    {"fabric", "the run"});
    else
      findings.pass();
    return findings.verdict(text);
  }
};

const RequirementEnrolment<FirstCollective> first_collective_enrolment;

}  // namespace

}  // namespace assay
