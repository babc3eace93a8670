// Requirement: the work drew what the device may draw; else it shows nothing about endurance.
#include <fmt/format.h>

#include "harness/conformance/cases.h"
#include "harness/conformance/findings.h"
#include "harness/conformance/inventory.h"
#include "harness/conformance/quantity.h"
#include "harness/conformance/telemetry.h"

namespace assay {

namespace {

/// A device that is capped for half the time counts as capped, whatever its median power.
constexpr double kCapped = 0.5;

class PowerLimitHeld final : public Requirement {
 public:
  std::string kind() const override { return "power_limit_held"; }
  Axis axis() const override { return Axis::validity; }

  std::unique_ptr<Inquiry> inquire(const Profile&, const ProfileRequirement& asked) const override {
    Parameters parameters(asked);
    const CaseFilter filter = CaseFilter::read_with_scope(parameters);
    const double least = parameters.fraction("at_least", 0.9);
    parameters.done();
    Findings findings;
    findings.set_figure("at_least", least);
    return inquiry(
        std::move(findings),
        [=](const Evidence& some, Findings& to) {
          for (const DeviceGroup& group : device_groups(some, filter))
            check_group(group, filter, least, to);
        },
        [=](const Findings& of) {
          return of.verdict(fmt::format("every device drew {} of its power limit or was held at it",
                                        percent(least)));
        });
  }

 private:
  static void check_group(const DeviceGroup& group, const CaseFilter& filter, double least,
                          Findings& findings) {
    const Subject subject = subject_of(group.device);
    const Measurement* best = best_of(group, filter);
    if (best == nullptr) {
      const Absence absence = why_none(group, filter);
      return findings.not_evaluated(absence.reason_code, absence.text, subject);
    }
    const double* limit =
        present(group.device.device->power_limit_w, "the power limit", subject, findings);
    if (limit == nullptr) return;
    const Json* power = telemetry_of(*best, "power_w");
    if (power == nullptr || !power->contains("median")) {
      return findings.not_evaluated("missing", best->id.str() + " has no readings of power",
                                    subject);
    }
    const auto power_w = power->at("median").get<double>();
    const Json* events = telemetry_of(*best, "clock_event_fractions");
    const double capped = events == nullptr ? 0.0 : events->value("sw_power_cap", 0.0);
    Json entry = device_figures(group.device);
    entry["case"] = best->id.str();
    entry["power_w"] = power_w;
    entry["power_limit_w"] = *limit;
    entry["sw_power_cap"] = capped;
    findings.figure("cases", std::move(entry));
    if (power_w >= least * *limit || capped >= kCapped) return findings.pass();
    findings.warn("power_limit_not_held",
                  fmt::format("{} drew {:.0f} W of {:.0f} W and was held back by the power limit "
                              "for {} of the time",
                              best->id.str(), power_w, *limit, percent(capped)),
                  subject);
  }
};

const RequirementEnrolment<PowerLimitHeld> power_limit_held_enrolment;

}  // namespace

}  // namespace assay
