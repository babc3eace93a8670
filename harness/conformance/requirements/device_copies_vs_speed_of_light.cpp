// Requirement: copies between the devices of a node reach a fraction of what the links between them
// carry, pair by pair; never an average.
#include <fmt/format.h>

#include <cmath>
#include <set>

#include "harness/conformance/cases.h"
#include "harness/conformance/device_copies.h"
#include "harness/conformance/findings.h"
#include "harness/conformance/quantity.h"
#include "harness/conformance/rate_limit.h"
#include "harness/core/error.h"

namespace assay {

namespace {

/// Alone, a pair is judged; of pairs that copy at once there is one time for all of them.
bool reads_at_once(Parameters& parameters) {
  const std::string copies = parameters.text("copies").value_or("alone");
  if (copies == "alone") return false;
  if (copies == "at_once") return true;
  throw Error(
      fmt::format("profile requirement '{}': copies must be alone or at_once", parameters.id()));
}

/// `0 > 1, 2 > 3`, by the indices of the devices that the scope's members are.
std::string pairs_of(const Measurement& measurement, const NodeFacts& node) {
  const auto index_of = [&node](const std::string& uuid) {
    for (const DeviceFacts& device : node.devices)
      if (device.uuid == uuid) return fmt::format("{}", device.index);
    return uuid;
  };
  std::vector<std::string> pairs;
  const auto& members = measurement.scope.members;
  for (std::size_t i = 0; i + 1 < members.size(); i += 2)
    pairs.push_back(index_of(members[i]) + " > " + index_of(members[i + 1]));
  return fmt::format("{}", fmt::join(pairs, ", "));
}

class DeviceCopiesVsSpeedOfLight final : public Requirement {
 public:
  std::string kind() const override { return "device_copies_vs_speed_of_light"; }
  Axis axis() const override { return Axis::performance; }

  std::unique_ptr<Inquiry> inquire(const Profile& profile,
                                   const ProfileRequirement& asked) const override {
    Parameters parameters(asked);
    const bool at_once = reads_at_once(parameters);
    const RateLimit limit = RateLimit::read(parameters, std::nullopt);
    parameters.done();
    CaseFilter filter;
    filter.requirement = asked.id;
    filter.is_of_any_reach = true;
    filter.workloads = {"device_to_device"};
    filter.refuse_unknown(profile, CaseFilter::Where::on_devices);

    Notes notes;
    set_figures(limit, notes.findings);
    return inquiry(
        std::move(notes),
        [=](const Evidence& some, Notes& to) {
          std::set<const Measurement*> judged;  // one of several pairs is each pair's
          for (const DeviceCopies& copies : device_copies(some)) {
            if (copies.at_once != at_once) continue;
            if (copies.members.empty())
              to.findings.not_evaluated("missing", copies.name() + " was not measured",
                                        subject_of(copies));
            for (const Measurement* member : copies.members)
              if (judged.insert(member).second)
                judge_one(*member, copies, limit, to.findings, to.lowest);
          }
        },
        [=](const Notes& of) {
          return of.findings.verdict(
              fmt::format("lowest: {}; floor {}", of.lowest.text, percent(limit.fail_below)));
        });
  }

 private:
  struct Lowest {
    double fraction = HUGE_VAL;
    std::string text;
  };
  struct Notes {
    Findings findings;
    Lowest lowest;
  };

  static Subject subject_of_set(const Measurement& measurement, const DeviceCopies& copies) {
    if (!copies.at_once) return subject_of(copies);
    const NodeFacts& node = *copies.from.node;
    return {"link", fmt::format("{} devices {} at once", node.name, pairs_of(measurement, node))};
  }

  static void judge_one(const Measurement& measurement, const DeviceCopies& copies,
                        const RateLimit& limit, Findings& findings, Lowest& lowest) {
    const Subject subject = subject_of_set(measurement, copies);
    const std::string what =
        fmt::format("{} {}", measurement.id.str(), pairs_of(measurement, *copies.from.node));
    const std::optional<Rate> rate = rate_of(measurement);
    if (!rate) {
      const bool is_wrong = measurement.status == MeasurementStatus::failed_verification;
      return findings.not_evaluated(
          is_wrong ? "failed_verification" : "missing",
          fmt::format("{} has no verified time{}{}", what, measurement.reason.empty() ? "" : ": ",
                      measurement.reason),
          subject);
    }
    const double reached = measurement.speed_of_light_fraction.value_or(0);
    if (!std::isfinite(reached) || reached <= 0)
      return findings.not_evaluated(
          "missing", what + ": what the links between these devices carry is unknown", subject);
    const RateFraction fraction = with_interval(reached, measurement);
    Json entry = {
        {"node", copies.from.node->name}, {"devices", pairs_of(measurement, *copies.from.node)},
        {"case", measurement.id.str()},   {"series", name(measurement.series)},
        {rate->metric, rate->value},      {"speed_of_light_fraction", fraction.at_median}};
    add_interval(fraction, measurement, entry);
    findings.figure("copies", std::move(entry));
    const std::string text =
        fmt::format("{} {} = {} of speed of light", what, in_words(*rate), percent(reached));
    if (!report_below(text, fraction, limit, subject, findings)) findings.pass();
    if (reached < lowest.fraction) lowest = {reached, text};
  }
};

const RequirementEnrolment<DeviceCopiesVsSpeedOfLight> device_copies_vs_speed_of_light_enrolment;

}  // namespace

}  // namespace assay
