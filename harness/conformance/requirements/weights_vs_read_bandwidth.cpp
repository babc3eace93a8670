// Requirement: a product of few rows takes little longer than its weights take to be read, at the
// bandwidth that the same run measured on the same device.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/conformance/cases.h"
#include "harness/conformance/findings.h"
#include "harness/conformance/quantity.h"
#include "harness/conformance/rate_limit.h"
#include "harness/core/dtype.h"
#include "harness/core/error.h"
#include "harness/core/rate.h"

namespace assay {

namespace {

class WeightsVsReadBandwidth final : public Requirement {
 public:
  std::string kind() const override { return "weights_vs_read_bandwidth"; }
  Axis axis() const override { return Axis::performance; }

  std::unique_ptr<Inquiry> inquire(const Profile& profile,
                                   const ProfileRequirement& asked) const override {
    Parameters parameters(asked);
    CaseFilter filter = CaseFilter::read(parameters);
    const RateLimit limit = RateLimit::read(parameters, std::nullopt);
    parameters.done();
    if (filter.workloads.empty()) filter.workloads = {"gemm"};
    CaseFilter reads;
    reads.requirement = asked.id;
    reads.workloads = {"memory_read"};
    reads.refuse_unknown(profile, CaseFilter::Where::on_devices);
    Notes notes;
    notes.findings.set_figure("fail_below", limit.fail_below);
    return inquiry(
        std::move(notes),
        [=, id = asked.id](const Evidence& some, Notes& to) {
          for (const DeviceGroup& group : device_groups(some, filter)) {
            if (!is_product(group.asked->shape))
              throw Error(fmt::format("profile requirement '{}': {} is no single product", id,
                                      group.asked->name()));
            judge_group(group, filter, limit, to.findings, to.least);
          }
        },
        [](const Notes& of) {
          return of.findings.verdict(
              fmt::format("lowest: {} of the read bandwidth", percent(of.least)));
        });
  }

 private:
  struct Notes {
    Findings findings;
    double least = HUGE_VAL;
  };

  static bool is_product(const Shape& shape) {
    return shape.entries().size() == 3 && shape.has("m") && shape.has("n") && shape.has("k");
  }

  /// The highest that the device was measured to read at; 0: it was not.
  static double read_bandwidth(const DeviceRef& device) {
    double most = 0;
    for (const Measurement& one : device.result->measurements) {
      const bool is_of_device = one.scope.level == "device" && !one.scope.members.empty() &&
                                one.scope.members.front() == device.device->uuid;
      if (one.id.workload != "memory_read" || !is_of_device) continue;
      if (const auto rate = rate_of(one)) most = std::max(most, rate->value);
    }
    return most;
  }

  static double weight_bytes(const CaseId& id) {
    return static_cast<double>(id.shape.at("n")) * static_cast<double>(id.shape.at("k")) *
           static_cast<double>(bits_of(dtype_named(id.dtype).value())) / 8;
  }

  static void judge_group(const DeviceGroup& group, const CaseFilter& filter,
                          const RateLimit& limit, Findings& findings, double& least) {
    const Subject subject = subject_of(group.device);
    const Measurement* native = best_of(group, filter);
    if (native == nullptr) {
      const Absence absence = why_none(group, filter);
      return findings.not_evaluated(absence.reason_code, absence.text, subject);
    }
    const double bandwidth = read_bandwidth(group.device);
    if (bandwidth <= 0) {
      return findings.not_evaluated("missing",
                                    "the same run measured no memory_read on this device", subject);
    }
    const double rate = weight_bytes(native->id) / native->samples->median_s;
    const RateFraction fraction = with_interval(rate / bandwidth, *native);
    least = std::min(least, fraction.at_median);
    Json entry = device_figures(group.device);
    entry["case"] = native->id.str();
    entry["read_bandwidth_fraction"] = fraction.at_median;
    findings.figure("cases", std::move(entry));
    const std::string text = fmt::format("{} reads its weights at {} of the read bandwidth",
                                         native->id.str(), percent(fraction.at_median));
    if (!report_below(text, fraction, limit, subject, findings)) findings.pass();
  }
};

const RequirementEnrolment<WeightsVsReadBandwidth> weights_vs_read_bandwidth_enrolment;

}  // namespace

}  // namespace assay
