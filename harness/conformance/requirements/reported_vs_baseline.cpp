// Requirement: what another tool reported reaches what a baseline says; a warning at most, because
// nobody verified the answers and no interval is known.
#include <fmt/format.h>

#include <algorithm>

#include "harness/conformance/baseline_lookup.h"
#include "harness/conformance/fabric.h"
#include "harness/conformance/findings.h"
#include "harness/conformance/quantity.h"
#include "harness/conformance/rate_limit.h"
#include "harness/core/workload.h"

namespace assay {

namespace {

const DeviceFacts* device_of(const Result& result, const Measurement& measurement) {
  for (const DeviceRef& device : devices_of(result)) {
    for (const std::string& member : measurement.scope.members)
      if (device.device->uuid == member) return device.device;
  }
  return nullptr;
}

/// Of the device, or of all devices where the figure spans ranks.
bool is_for(const Baseline& baseline, const Result& result, const Measurement& measurement,
            const DeviceFacts* device) {
  if (!spans_ranks(measurement.id.workload)) return device != nullptr && is_of(baseline, *device);
  const std::vector<DeviceRef> devices = devices_of(result);
  return !devices.empty() && std::all_of(devices.begin(), devices.end(), [&](const auto& one) {
    return is_of(baseline, *one.device);
  });
}

/// Case, scope and metric are the row's. The tool does not say what joins nodes, so a row of one
/// fabric says nothing about what spans them.
bool is_about(const BaselineRow& row, const Measurement& measurement) {
  const CaseId& id = measurement.id;
  const bool is_fabric_known = row.fabric.empty() || measurement.scope.level == "node";
  return is_fabric_known && row.id.workload == id.workload && row.id.dtype == id.dtype &&
         row.id.shape == id.shape &&
         (row.id.implementation == "*" || row.id.implementation == id.implementation) &&
         row.scope_level == measurement.scope.level && measurement.metrics.contains(row.metric);
}

/// A tool says neither its inputs nor how it treats caches, so a row of any of them is taken. Of
/// several the newest.
struct Row {
  const Baseline* baseline = nullptr;
  const BaselineRow* row = nullptr;
};

Row row_for(const std::vector<Baseline>& baselines, const Result& result,
            const Measurement& measurement) {
  Row found;
  const DeviceFacts* device = device_of(result, measurement);
  for (const Baseline& baseline : baselines) {
    if (!is_for(baseline, result, measurement, device)) continue;
    for (const BaselineRow& row : baseline.rows) {
      if (!is_about(row, measurement)) continue;
      if (found.row == nullptr || row.date > found.row->date) found = {&baseline, &row};
    }
  }
  return found;
}

class ReportedVsBaseline final : public Requirement {
 public:
  std::string kind() const override { return "reported_vs_baseline"; }
  Axis axis() const override { return Axis::performance; }

  RequirementVerdict evaluate(const Evidence& evidence,
                              const ProfileRequirement& asked) const override {
    Parameters parameters(asked);
    const double standard = parameters.fraction("warn_below", 0.95);
    parameters.done();
    Findings findings;
    std::size_t without = 0, with = 0;
    for (const Result& result : evidence.results) {
      for (const Measurement& measurement : result.measurements) {
        if (measurement.status != MeasurementStatus::reported) continue;
        const Row found = row_for(evidence.baselines, result, measurement);
        ++(found.row == nullptr ? without : with);
        if (found.row != nullptr) judge_one(measurement, found, standard, findings);
      }
    }
    findings.set_figure("without_baseline", without);
    if (with == 0 && without > 0) {
      findings.not_evaluated("no_baseline",
                             fmt::format("no baseline row for any of {} reported figures; give one "
                                         "with --baseline",
                                         without));
    }
    return findings.verdict(
        fmt::format("{} reported figures reach their baseline, {} have none", with, without));
  }

 private:
  static void judge_one(const Measurement& measurement, const Row& found, double standard,
                        Findings& findings) {
    const Rate rate{found.row->metric, measurement.metrics.at(found.row->metric)};
    const double fraction = rate.value / found.row->value;
    const double limit = found.row->warn_below.value_or(standard);
    findings.figure("cases", {{"case", measurement.id.str()},
                              {rate.metric, rate.value},
                              {"baseline", found.row->value},
                              {"baseline_fraction", fraction},
                              {"warn_below", limit},
                              {"source", found.row->source}});
    if (fraction >= limit) return findings.pass();
    findings.warn(
        "below_limit",
        fmt::format("{} {} = {} of the baseline's {} ({}), {}", measurement.id.str(),
                    in_words(rate), percent(fraction), in_words({rate.metric, found.row->value}),
                    found.baseline->name, measurement.reason),
        subject_of(measurement.scope));
  }
};

const RequirementEnrolment<ReportedVsBaseline> reported_vs_baseline_enrolment;

}  // namespace

}  // namespace assay
