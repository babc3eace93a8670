// Requirement: a native kernel keeps up with the vendor's library that was measured in alternation
// with it; the ratio of every shape is in the figures.
#include <fmt/format.h>

#include <cmath>
#include <string>
#include <vector>

#include "harness/conformance/cases.h"
#include "harness/conformance/findings.h"
#include "harness/conformance/quantity.h"
#include "harness/conformance/rate_limit.h"
#include "harness/core/error.h"
#include "harness/core/library_ratio.h"

namespace assay {

namespace {

class ThroughputVsLibrary final : public Requirement {
 public:
  std::string kind() const override { return "throughput_vs_library"; }
  Axis axis() const override { return Axis::performance; }

  RequirementVerdict evaluate(const Evidence& evidence,
                              const ProfileRequirement& asked) const override {
    Parameters parameters(asked);
    const CaseFilter filter = CaseFilter::read(parameters);
    const RateLimit limit = RateLimit::read(parameters, std::nullopt);
    parameters.done();
    if (!filter.implementation) {
      throw Error(
          fmt::format("profile requirement '{}': parameter 'implementation' must be given, "
                      "the native kernel that is judged",
                      asked.id));
    }
    Findings findings;
    findings.set_figure("fail_below", limit.fail_below);
    findings.set_figure("warn_below", limit.warn_below);
    Ratios ratios;
    for (const DeviceGroup& group : device_groups(evidence, filter)) {
      judge_group(group, filter, limit, findings, ratios);
    }
    if (ratios.count == 0) return findings.verdict("");
    const double mean = std::exp(ratios.sum_of_logarithms / static_cast<double>(ratios.count));
    findings.set_figure("geometric_mean", mean);
    return findings.verdict(fmt::format("{:.2f} of the library by geometric mean of {}, lowest {}",
                                        mean, ratios.count, ratios.lowest));
  }

 private:
  struct Ratios {
    std::size_t count = 0;
    double sum_of_logarithms = 0, least = HUGE_VAL;
    std::string lowest;
  };

  /// Groups that the profile asks neither of are of no interest here.
  static bool is_asked(const DeviceGroup& group, const CaseFilter& filter) {
    bool native = false, library = false;
    for (const std::string& name : group.implementations) {
      native |= name == *filter.implementation;
      library |= is_library(name);
    }
    return native && library;
  }

  static void judge_group(const DeviceGroup& group, const CaseFilter& filter,
                          const RateLimit& limit, Findings& findings, Ratios& ratios) {
    if (!is_asked(group, filter)) return;
    const Subject subject = subject_of(group.device);
    const Measurement* native = best_of(group, filter);
    if (native == nullptr) {
      const Absence absence = why_none(group, filter);
      return findings.not_evaluated(absence.reason_code, absence.text, subject);
    }
    const auto ratio = ratio_to_library(*native, group.device.result->measurements);
    if (!ratio) {
      return findings.not_evaluated(
          "missing", fmt::format("the library was not measured beside {}", native->id.str()),
          subject);
    }
    const std::string text = fmt::format("{} {:.2f} of {}", native->id.str(), ratio->value,
                                         ratio->library->id.implementation);
    Json entry = device_figures(group.device);
    entry["case"] = native->id.str();
    entry["library"] = ratio->library->id.implementation;
    entry["ratio"] = ratio->value;
    findings.figure("cases", std::move(entry));
    ++ratios.count;
    ratios.sum_of_logarithms += std::log(ratio->value);
    if (ratio->value < ratios.least) {
      ratios.least = ratio->value;
      ratios.lowest = text;
    }
    switch (against(with_interval(ratio->value, *native), limit)) {
      case Verdict::fail:
        return findings.fail("below_library", text, subject);
      case Verdict::warn:
        return findings.warn("below_library", text, subject);
      case Verdict::not_evaluated:
        return findings.not_evaluated(
            "too_noisy", text + ", and the limit lies in the interval of the samples", subject);
      default:
        return findings.pass();
    }
  }
};

const RequirementEnrolment<ThroughputVsLibrary> throughput_vs_library_enrolment;

}  // namespace

}  // namespace assay
