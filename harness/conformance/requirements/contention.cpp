// Requirement: nobody else used what was measured. Samples of such times do not count, and what is
// left of the series may still be a lucky part.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "harness/conformance/cases.h"
#include "harness/conformance/discards.h"
#include "harness/conformance/findings.h"
#include "harness/conformance/quantity.h"
#include "harness/conformance/telemetry.h"

namespace assay {

namespace {

struct Limits {
  double warn_above, fail_above;
};

/// The share of the processors that others had in all, if the document has it.
double others_share(const Measurement& measurement) {
  double share = 0;
  for (const char* key : {"cpu_other_fraction", "cpu_steal_fraction"}) {
    const Json* recorded = telemetry_of(measurement, key);
    if (recorded != nullptr && recorded->is_number())
      share = std::max(share, recorded->get<double>());
  }
  return share;
}

/// What was seen on one device.
struct Tally {
  Subject subject;
  std::int64_t cases = 0, contended = 0;
  double worst = 0;  // fraction of the samples of a case
  std::string worst_text;
};

class Contention final : public Requirement {
 public:
  std::string kind() const override { return "contention"; }
  Axis axis() const override { return Axis::validity; }

  std::unique_ptr<Inquiry> inquire(const Profile&, const ProfileRequirement& asked) const override {
    Parameters parameters(asked);
    CaseFilter filter = CaseFilter::read(parameters);
    filter.is_of_any_reach = true;  // it is asked of every profile
    const Limits limits{parameters.fraction("warn_above", 0.05),
                        parameters.fraction("fail_above", 0.5)};
    parameters.done();

    return inquiry(
        std::vector<Tally>(),
        [=](const Evidence& some, std::vector<Tally>& devices) {
          std::map<const DeviceFacts*, std::size_t> place_of;
          for (const DeviceGroup& group : device_groups(some, filter)) {
            for (const Measurement* member : group.members) {
              if (member->status != MeasurementStatus::measured || !member->samples) continue;
              const auto [place, is_new] = place_of.emplace(group.device.device, devices.size());
              if (is_new) devices.emplace_back();
              look_at(*member, group, limits, devices[place->second]);
            }
          }
        },
        [=](const std::vector<Tally>& devices) { return conclude(devices, limits); });
  }

 private:
  static RequirementVerdict conclude(const std::vector<Tally>& devices, const Limits& limits) {
    Findings findings;
    findings.set_figure("warn_above", limits.warn_above);
    findings.set_figure("fail_above", limits.fail_above);
    for (const Tally& tally : devices) {
      if (tally.contended == 0) {
        findings.pass();
        continue;
      }
      const std::string text = fmt::format(
          "{} of {} cases {} measured while others used the machine, {}", tally.contended,
          tally.cases, tally.contended == 1 ? "was" : "were", tally.worst_text);
      if (tally.worst > limits.fail_above) {
        findings.fail("contended", text, tally.subject);
      } else {
        findings.warn("contended", text, tally.subject);
      }
    }
    return findings.verdict(fmt::format("others disturbed at most {} of the samples of a case",
                                        percent(limits.warn_above)));
  }

  static void look_at(const Measurement& measurement, const DeviceGroup& group,
                      const Limits& limits, Tally& tally) {
    ++tally.cases;
    const double fraction = contended_fraction(measurement), others = others_share(measurement);
    const bool are_many = fraction > limits.warn_above;
    if (!are_many && others <= group.asked->sampling.contention_limit) return;
    ++tally.contended;
    tally.subject = subject_of(group.device);
    if (!tally.worst_text.empty() && fraction <= tally.worst) return;
    tally.worst = fraction;
    tally.worst_text =
        are_many ? fmt::format("{} with {} of its samples discarded ({})", measurement.id.str(),
                               percent(fraction), discard_reasons_text(*measurement.samples))
                 : fmt::format("{} while they had {} of the processors", measurement.id.str(),
                               percent(others));
  }
};

const RequirementEnrolment<Contention> contention_enrolment;

}  // namespace

}  // namespace assay
