// Requirement: a device that is worked for long keeps what it starts with, alone and while all of
// its node work.
#include <fmt/format.h>

#include <algorithm>

#include "harness/conformance/cases.h"
#include "harness/conformance/findings.h"
#include "harness/conformance/quantity.h"
#include "harness/conformance/rate_limit.h"
#include "harness/conformance/telemetry.h"

namespace assay {

namespace {

/// Where telemetry has `key`, the middle of what was read during the series.
std::optional<double> median_of(const Measurement& measurement, const char* key) {
  const Json* found = telemetry_of(measurement, key);
  if (found == nullptr || !found->contains("median")) return std::nullopt;
  return found->at("median").get<double>();
}

struct Endured {
  Rate peak, sustained;
  double fraction() const { return sustained.value / peak.value; }
};

std::optional<Endured> endured_by(const Measurement& measurement) {
  if (!rate_of(measurement)) return std::nullopt;
  for (const char* unit : {"flop_per_s", "bytes_per_s"}) {
    const auto peak = measurement.metrics.find(std::string("peak_") + unit);
    const auto sustained = measurement.metrics.find(std::string("sustained_") + unit);
    if (peak == measurement.metrics.end() || sustained == measurement.metrics.end()) continue;
    if (!(peak->second > 0) || !(sustained->second > 0)) return std::nullopt;
    return Endured{{unit, peak->second}, {unit, sustained->second}};
  }
  return std::nullopt;
}

class SustainedRate final : public Requirement {
 public:
  std::string kind() const override { return "sustained_rate"; }
  Axis axis() const override { return Axis::performance; }

  std::unique_ptr<Inquiry> inquire(const Profile&, const ProfileRequirement& asked) const override {
    Parameters parameters(asked);
    const CaseFilter filter = CaseFilter::read_with_scope(parameters);
    const RateLimit limit = RateLimit::read(parameters, std::nullopt);
    parameters.done();
    Notes notes;
    set_figures(limit, notes.findings);
    return inquiry(
        std::move(notes),
        [=](const Evidence& some, Notes& to) {
          for (const DeviceGroup& group : device_groups(some, filter))
            to.least = std::min(to.least, check_group(group, filter, limit, to.findings));
        },
        [=](const Notes& of) {
          return of.findings.verdict(
              fmt::format("every device sustains {} of its peak or more, limit {}",
                          percent(of.least), percent(limit.fail_below)));
        });
  }

 private:
  struct Notes {
    Findings findings;
    double least = 1;
  };

  static double check_group(const DeviceGroup& group, const CaseFilter& filter,
                            const RateLimit& limit, Findings& findings) {
    const Subject subject = subject_of(group.device);
    if (best_of(group, filter) == nullptr) {
      const Absence absence = why_none(group, filter);
      findings.not_evaluated(absence.reason_code, absence.text, subject);
      return 1;
    }
    double least = 1;
    for (const Measurement* member : group.members) {
      if (filter.implementation && member->id.implementation != *filter.implementation) continue;
      if (member->status == MeasurementStatus::not_applicable) continue;
      const auto endured = endured_by(*member);
      if (!endured) {
        findings.not_evaluated(
            "missing",
            fmt::format("{} has no sustained rate: {}", member->id.str(),
                        member->reason.empty() ? "its series was too short" : member->reason),
            subject);
        continue;
      }
      least = std::min(least, endured->fraction());
      judge_one(group, *member, *endured, limit, findings);
    }
    return least;
  }

  static void judge_one(const DeviceGroup& group, const Measurement& member, const Endured& endured,
                        const RateLimit& limit, Findings& findings) {
    findings.figure("cases", [&] {
      Json entry = device_figures(group.device);
      entry["case"] = member.id.str();
      entry["scope"] = group.is_at_once() ? "node" : "device";
      entry["peak_" + endured.peak.metric] = endured.peak.value;
      entry["sustained_" + endured.sustained.metric] = endured.sustained.value;
      entry["fraction"] = endured.fraction();
      for (const char* key : {"clock_hz", "power_w", "temperature_c"}) {
        if (const auto middle = median_of(member, key)) entry[key] = *middle;
      }
      return entry;
    });
    const Verdict verdict = against(without_interval(endured.fraction()), limit);
    if (verdict == Verdict::pass) return findings.pass();
    const std::string text = fmt::format("{}{} sustains {}, {} of its peak {}", member.id.str(),
                                         group.is_at_once() ? " on all devices at once" : "",
                                         in_words(endured.sustained), percent(endured.fraction()),
                                         in_words(endured.peak));
    const Subject subject = subject_of(group.device);
    if (verdict == Verdict::fail)
      findings.fail("not_sustained", text, subject);
    else
      findings.warn("not_sustained", text, subject);
  }
};

const RequirementEnrolment<SustainedRate> sustained_rate_enrolment;

}  // namespace

}  // namespace assay
