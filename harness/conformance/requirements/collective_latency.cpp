// Requirement: small messages between ranks arrive in time, at the median and at the 99th
// percentile. Every token that is served waits for several of them, and the slowest rank's is the
// one that counts.
#include <fmt/format.h>

#include <algorithm>

#include "harness/conformance/fabric.h"
#include "harness/conformance/findings.h"

namespace assay {

namespace {

struct LatencyLimit {
  const char* percentile;
  double warn_above_s, fail_above_s;

  static LatencyLimit read(Parameters& parameters, const char* percentile) {
    const auto one = [&](const char* key) {
      return parameters.required_seconds(fmt::format("{}_{}", percentile, key));
    };
    const LatencyLimit limit{percentile, one("warn_above_s"), one("fail_above_s")};
    if (limit.warn_above_s > limit.fail_above_s)
      throw Error(fmt::format("profile requirement '{}': {}_warn_above_s is over {}_fail_above_s",
                              parameters.id(), percentile, percentile));
    return limit;
  }
};

std::string microseconds(double seconds) { return fmt::format("{:.1f} us", 1e6 * seconds); }

class CollectiveLatency final : public Requirement {
 public:
  std::string kind() const override { return "collective_latency"; }
  Axis axis() const override { return Axis::performance; }

  RequirementVerdict evaluate(const Evidence& evidence,
                              const ProfileRequirement& asked) const override {
    Parameters parameters(asked);
    const CaseFilter filter = CaseFilter::read(parameters);
    const LatencyLimit p50 = LatencyLimit::read(parameters, "p50");
    const LatencyLimit p99 = LatencyLimit::read(parameters, "p99");
    parameters.done();
    Findings findings(evidence);
    if (fabric_documents(evidence).empty()) findings.not_evaluated("missing", kNoFabric);
    double slowest_s = 0;
    for (const FabricGroup& group : fabric_groups(evidence, filter)) {
      if (group.reach != Reach::between_ranks) continue;
      bool any = false;
      for (const Measurement* member : group.members) {
        if (filter.implementation && member->id.implementation != *filter.implementation) continue;
        if (!rate_of(*member)) continue;
        any = true;
        slowest_s = std::max(slowest_s, member->samples->median_s);
        judge_one(*member, p50, p99, findings);
      }
      if (!any)
        findings.not_evaluated("missing", group.name() + " has no verified measurement",
                               fabric_subject(*group.document));
    }
    return findings.verdict(fmt::format("slowest median {}, limit {}", microseconds(slowest_s),
                                        microseconds(p50.fail_above_s)));
  }

  Advice advice(const RequirementVerdict& verdict) const override {
    if (verdict.reason_code != "late") return usual_advice(verdict);
    return {
        Action::check_fabric,
        "small messages wait for links, for a fallback to another transport or for a busy host"};
  }

 private:
  static void judge_one(const Measurement& member, const LatencyLimit& p50, const LatencyLimit& p99,
                        Findings& findings) {
    const Samples& samples = *member.samples;
    findings.figure("cases", [&] {
      Json entry = {{"case", member.id.str()},
                    {"series", name(member.series)},
                    {"scope", member.scope.level},
                    {"p50_s", samples.median_s}};
      if (samples.p99_s) entry["p99_s"] = *samples.p99_s;
      return entry;
    });
    against(member, p50, samples.median_s,
            {std::min(samples.ci_low_s, samples.median_s),
             std::max(samples.ci_high_s, samples.median_s)},
            findings);
    if (samples.p99_s)  // no interval of it is known
      return against(member, p99, *samples.p99_s, {*samples.p99_s, *samples.p99_s}, findings);
    findings.not_evaluated(
        "too_few_samples",
        fmt::format("{} has no p99: {} samples, 500 are needed", member.id.str(), samples.count),
        subject_of(member.scope));
  }

  struct Interval {
    double low_s, high_s;
  };

  static void against(const Measurement& member, const LatencyLimit& limit, double seconds,
                      const Interval& interval, Findings& findings) {
    const std::string text = fmt::format("{} ({}) {} {}", member.id.str(), name(member.series),
                                         limit.percentile, microseconds(seconds));
    if (interval.low_s > limit.fail_above_s) {
      findings.fail("late", fmt::format("{}, above {}", text, microseconds(limit.fail_above_s)),
                    subject_of(member.scope));
    } else if (interval.high_s > limit.fail_above_s) {
      findings.not_evaluated(
          "too_noisy",
          fmt::format("{}, and its interval from {} to {} holds the limit of {}", text,
                      microseconds(interval.low_s), microseconds(interval.high_s),
                      microseconds(limit.fail_above_s)),
          subject_of(member.scope));
    } else if (seconds > limit.warn_above_s) {
      findings.warn("late", fmt::format("{}, above {}", text, microseconds(limit.warn_above_s)),
                    subject_of(member.scope));
    } else {
      findings.pass();
    }
  }
};

const RequirementEnrolment<CollectiveLatency> collective_latency_enrolment;

}  // namespace

}  // namespace assay
