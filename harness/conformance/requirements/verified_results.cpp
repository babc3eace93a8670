// Requirement: every measurement's answer was checked and right. A wrong answer outranks a slow
// one.
#include <fmt/format.h>

#include <algorithm>

#include "harness/conformance/cases.h"
#include "harness/conformance/findings.h"

namespace assay {

namespace {

/// The device that a measurement is of; its scope's members where there is none.
Subject where(const Result& result, const Measurement& measurement) {
  const auto& members = measurement.scope.members;
  for (const DeviceRef& device : devices_of(result)) {
    if (members.size() == 1 && members.front() == device.device->uuid) return subject_of(device);
  }
  return {measurement.scope.level == "device" ? "device" : "fabric",
          fmt::format("{} {}", measurement.scope.level, fmt::join(members, ", "))};
}

class VerifiedResults final : public Requirement {
 public:
  std::string kind() const override { return "verified_results"; }
  Axis axis() const override { return Axis::functional; }

  RequirementVerdict evaluate(const Evidence& evidence,
                              const ProfileRequirement& asked) const override {
    Parameters(asked).done();
    Findings findings;
    std::size_t verified = 0;
    double largest = 0, sum = 0;  // of errors, as fractions of their tolerances
    for (const Result& result : evidence.results) {
      for (const Measurement& measurement : result.measurements) {
        if (!check(measurement, where(result, measurement), findings)) continue;
        ++verified;
        const double error = of_tolerance(*measurement.verification);
        largest = std::max(largest, error);
        sum += error;
      }
    }
    for (const DeviceGroup& group : device_groups(evidence, {})) {
      if (best_of(group, {}) != nullptr) continue;
      const Absence absence = why_none(group, {});
      if (absence.reason_code == "failed_verification") continue;  // already a failure above
      findings.not_evaluated(absence.reason_code, absence.text, subject_of(group.device));
    }
    findings.set_figure("verified", verified);
    findings.set_figure("largest_error_of_tolerance", largest);
    findings.set_figure("mean_error_of_tolerance",
                        verified > 0 ? sum / static_cast<double>(verified) : 0);
    return findings.verdict(fmt::format("{} measurements, every answer verified", verified));
  }

 private:
  /// 0 for an exact answer.
  static double of_tolerance(const Verification& verification) {
    const double tolerance = verification.tolerance.value_or(0);
    return tolerance > 0 ? verification.error.value_or(0) / tolerance : 0;
  }

  static bool check(const Measurement& measurement, const Subject& subject, Findings& findings) {
    const std::string id = measurement.id.str();
    switch (measurement.status) {
      case MeasurementStatus::not_applicable:
        return false;
      case MeasurementStatus::error:
        findings.not_evaluated(
            "missing", fmt::format("{} ended in an error: {}", id, measurement.reason), subject);
        return false;
      case MeasurementStatus::failed_verification:
        findings.fail("failed_verification",
                      fmt::format("{} computed a wrong answer{}{}", id,
                                  measurement.reason.empty() ? "" : ": ", measurement.reason),
                      subject);
        return false;
      case MeasurementStatus::reported:
        findings.not_evaluated("missing", fmt::format("{} was {}", id, measurement.reason),
                               subject);
        return false;
      case MeasurementStatus::measured:
        break;
    }
    if (!measurement.verification) {
      findings.not_evaluated("missing", id + " was timed without being verified", subject);
      return false;
    }
    if (!measurement.verification->ok()) {
      findings.fail("failed_verification", id + " was timed though its answer is wrong", subject);
      return false;
    }
    findings.pass();
    return true;
  }
};

const RequirementEnrolment<VerifiedResults> verified_results_enrolment;

}  // namespace

}  // namespace assay
