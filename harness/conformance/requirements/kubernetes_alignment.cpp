// Requirement: what moves between accelerators and host or NICs is not slower under a claim that
// aligns accelerators and NIC than under one that does not, by a ratio of measured rates.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "harness/conformance/devices.h"
#include "harness/conformance/findings.h"
#include "harness/conformance/quantity.h"
#include "harness/conformance/rate_limit.h"
#include "harness/core/cluster_facts.h"
#include "harness/core/error.h"
#include "harness/core/rate.h"

namespace assay {

namespace {

struct Timed {
  std::string run;
  Subject subject;
  double rate = 0;
  MedianTime time;
};

bool contains(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

class Comparison {
 public:
  Comparison(std::string key, std::vector<std::string> workloads, const RateLimit& limit)
      : key_(std::move(key)), workloads_(std::move(workloads)), limit_(limit) {}

  void look(const Result& result) {
    note_sides(result);
    for (const Measurement& one : result.measurements) {
      const std::optional<Rate> rate = rate_of(one);
      if (!contains(workloads_, one.id.workload) || !rate) continue;
      cases_[fmt::format("{} ({})", one.id.str(), one.scope.level)].push_back(
          {result.run.id, subject_of_measurement(result, one), rate->value, median_time_of(one)});
    }
  }

  RequirementVerdict verdict() {
    for (const auto& [text, subject] : broken_) findings_.fail("claim_not_aligned", text, subject);
    if (aligned_.empty())
      missing(
          fmt::format("no run with a claim aligned by {} (assay cluster run --alignment)", key_));
    if (unaligned_.empty())
      missing(fmt::format(
          "no run without --alignment whose claims hold a NIC of another {0} than its "
          "accelerators{1}",
          key_,
          by_chance_ ? fmt::format(": those without it have the same {} by chance", key_) : ""));
    double least = 0;
    if (!aligned_.empty() && !unaligned_.empty())
      for (const auto& [name, all] : cases_) compare(name, all, least);
    return findings_.verdict(
        fmt::format("lowest: {} of the rate under claims that are not aligned", percent(least)));
  }

 private:
  /// By what the claims hold: one that was not asked to be aligned may be so by chance.
  void note_sides(const Result& result) {
    const std::optional<ClusterFacts> facts = cluster_facts(result);
    if (!facts || !facts->alignment || result.nodes.empty()) return;
    const AlignmentFacts& claim = *facts->alignment;
    if (claim.asked == key_ && contains(claim.apart, key_))
      broken_.emplace_back(fmt::format("{}: the claim asks for one {} and its devices have several",
                                       result.nodes.front().name, key_),
                           subject_of(result.nodes.front()));
    else if (claim.asked == key_)
      aligned_.insert(result.run.id);
    else if (claim.asked == "none" && contains(claim.apart, key_))
      unaligned_.insert(result.run.id);
    else if (claim.asked == "none" && contains(claim.shared, key_))
      by_chance_ = true;
  }

  static Subject subject_of_measurement(const Result& result, const Measurement& one) {
    for (const DeviceRef& device : devices_of(result))
      if (one.scope.members == std::vector<std::string>{device.device->uuid})
        return subject_of(device);
    if (!result.nodes.empty()) return subject_of(result.nodes.front());
    return {"fabric", one.id.str()};
  }

  void missing(const std::string& text) { findings_.not_evaluated("missing", text); }

  /// Each that is aligned beside the middle one of those that are not.
  void compare(const std::string& name, const std::vector<Timed>& all, double& least) {
    std::vector<const Timed*> aligned, unaligned;
    for (const Timed& one : all) {
      if (aligned_.contains(one.run)) aligned.push_back(&one);
      if (unaligned_.contains(one.run)) unaligned.push_back(&one);
    }
    if (aligned.empty() || unaligned.empty())
      return missing(fmt::format("{} was measured under {} claims alone", name,
                                 unaligned.empty() ? "aligned" : "not aligned"));
    const auto middle = unaligned.begin() + static_cast<std::ptrdiff_t>(unaligned.size() / 2);
    std::nth_element(unaligned.begin(), middle, unaligned.end(),
                     [](const Timed* a, const Timed* b) { return a->rate < b->rate; });
    for (const Timed* one : aligned) judge(name, *one, **middle, least);
  }

  void judge(const std::string& name, const Timed& aligned, const Timed& other, double& least) {
    const double ratio = aligned.rate / other.rate;
    RateFraction fraction = with_interval(ratio, aligned.time);
    if (other.time.low_s > 0 && other.time.seconds > 0) {  // the other's median is as unsure
      fraction.favourable *= other.time.high_s / other.time.seconds;
      fraction.unfavourable *= other.time.low_s / other.time.seconds;
    }
    least = least == 0 ? ratio : std::min(least, ratio);
    findings_.figure("cases", {{"case", name},
                               {"subject", aligned.subject.name},
                               {"aligned", aligned.rate},
                               {"unaligned", other.rate},
                               {"ratio", ratio}});
    const std::string text =
        fmt::format("{} is at {} of its rate under claims that are not aligned by {}", name,
                    percent(ratio), key_);
    if (!report_below(text, fraction, limit_, aligned.subject, findings_)) findings_.pass();
  }

  std::string key_;
  std::vector<std::string> workloads_;
  RateLimit limit_;
  Findings findings_;
  std::map<std::string, std::vector<Timed>> cases_;
  std::set<std::string> aligned_, unaligned_;  // runs
  std::vector<std::pair<std::string, Subject>> broken_;
  bool by_chance_ = false;
};

class Alignment final : public Requirement {
 public:
  std::string kind() const override { return "kubernetes_alignment"; }
  Axis axis() const override { return Axis::performance; }
  Advice advice(const RequirementVerdict& verdict) const override {
    if (verdict.reason_code != "missing") return usual_advice(verdict);
    return {Action::rerun,
            "judge two runs together, with --nic-class both and one of them with --alignment"};
  }

  std::unique_ptr<Inquiry> inquire(const Profile&, const ProfileRequirement& asked) const override {
    Parameters parameters(asked);
    const std::string key = parameters.text("alignment").value_or("pcieRoot");
    std::vector<std::string> workloads = parameters.texts("workload");
    const RateLimit limit = RateLimit::read_ratio(parameters);
    parameters.done();
    if (key != "pcieRoot" && key != "numaNode")
      throw Error(fmt::format("profile requirement '{}': alignment must be pcieRoot or numaNode",
                              asked.id));
    if (workloads.empty()) workloads = {"host_to_device", "device_to_host"};
    return inquiry(
        Comparison(key, std::move(workloads), limit),
        [](const Evidence& some, Comparison& to) {
          for (const Result& result : some.results) to.look(result);
        },
        [](Comparison& of) { return of.verdict(); });
  }
};

const RequirementEnrolment<Alignment> alignment_enrolment;

}  // namespace

}  // namespace assay
