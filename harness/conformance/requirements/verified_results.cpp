// Requirement: every measurement's answer was checked and right. A wrong answer outranks a slow
// one.
#include <fmt/format.h>

#include <algorithm>

#include "harness/conformance/cases.h"
#include "harness/conformance/fabric.h"
#include "harness/conformance/findings.h"

namespace assay {

namespace {

/// The device that a measurement is of; its scope's members where there is none.
Subject where(const Result& result, const Measurement& measurement) {
  const auto& members = measurement.scope.members;
  for (const DeviceRef& device : devices_of(result)) {
    if (members.size() == 1 && members.front() == device.device->uuid) return subject_of(device);
  }
  if (measurement.scope.level != "device") return subject_of(measurement.scope);
  return {"device", fmt::format("device {}", fmt::join(members, ", "))};
}

class VerifiedResults final : public Requirement {
 public:
  std::string kind() const override { return "verified_results"; }
  Axis axis() const override { return Axis::functional; }

  std::unique_ptr<Inquiry> inquire(const Profile&, const ProfileRequirement& asked) const override {
    Parameters(asked).done();
    return inquiry(Notes(), look, conclude);
  }

 private:
  struct Notes {
    Findings of_measurements, of_groups;
    std::size_t verified = 0;
    double largest = 0, sum = 0;  // of errors, as fractions of their tolerances
    double tolerances = 0;        // their sum
  };

  static void look(const Evidence& some, Notes& notes) {
    for (const Result& result : some.results) {
      for (const Measurement& measurement : result.measurements) {
        if (!check(measurement, result, notes.of_measurements)) continue;
        ++notes.verified;
        const double error = of_tolerance(*measurement.verification);
        notes.largest = std::max(notes.largest, error);
        notes.sum += error;
        notes.tolerances += measurement.verification->tolerance.value_or(0);
      }
    }
    for (const DeviceGroup& group : device_groups(some, {})) {
      if (best_of(group, {}) != nullptr) continue;
      const Absence absence = why_none(group, {});
      if (absence.reason_code == "failed_verification") continue;  // already a failure above
      notes.of_groups.not_evaluated(absence.reason_code, absence.text, subject_of(group.device));
    }
  }

  static RequirementVerdict conclude(Notes& notes) {
    Findings findings = std::move(notes.of_measurements);
    findings.add(std::move(notes.of_groups));
    findings.set_figure("verified", notes.verified);
    findings.set_figure("largest_error_of_tolerance", notes.largest);
    const double count = std::max(1.0, static_cast<double>(notes.verified));
    findings.set_figure("mean_error_of_tolerance", notes.sum / count);
    findings.set_figure("mean_tolerance", notes.tolerances / count);
    return findings.verdict(fmt::format("{} measurements, every answer verified", notes.verified));
  }

  /// 0 for an exact answer.
  static double of_tolerance(const Verification& verification) {
    const double tolerance = verification.tolerance.value_or(0);
    return tolerance > 0 ? verification.error.value_or(0) / tolerance : 0;
  }

  static bool check(const Measurement& measurement, const Result& result, Findings& findings) {
    if (measurement.status == MeasurementStatus::measured && measurement.verification &&
        measurement.verification->ok()) {
      findings.pass();
      return true;
    }
    const std::string id = measurement.id.str();
    const Subject subject = where(result, measurement);
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
    findings.fail("failed_verification", id + " was timed though its answer is wrong", subject);
    return false;
  }
};

const RequirementEnrolment<VerifiedResults> verified_results_enrolment;

}  // namespace

}  // namespace assay
