// Lays measurements out as a table: time, rate and fraction of the speed of light, or the reason.
#include "harness/cli/summary.h"

#include <fmt/format.h>

#include "harness/cli/quantity.h"
#include "harness/cli/table.h"
#include "harness/core/library_ratio.h"

namespace assay::cli {

namespace {

/// The index of the device that a measurement's scope names first, for machines with several; the
/// others worked beside it.
std::string device_of(const Result& result, const Measurement& measurement) {
  const auto& members = measurement.scope.members;
  for (const NodeFacts& node : result.nodes)
    for (const DeviceFacts& device : node.devices)
      if (!members.empty() && members.front() == device.uuid)
        return fmt::format("{}{}", device.index, measurement.scope.level == "node" ? ", all" : "");
  return "-";
}

bool several_devices(const Result& result) {
  std::size_t count = 0;
  for (const NodeFacts& node : result.nodes) count += node.devices.size();
  return count > 1;
}

/// A case, and for a pair which one: all pairs are one case.
std::string case_of(const Measurement& measurement) {
  const auto& members = measurement.scope.members;
  if (measurement.id.workload != "pair" || members.size() != 2) return measurement.id.str();
  return fmt::format("{} {} - {}", measurement.id.str(), members.front(), members.back());
}

std::string status_text(const Measurement& measurement) {
  switch (measurement.status) {
    case MeasurementStatus::failed_verification:
      return "FAILED VERIFICATION, not timed";
    case MeasurementStatus::not_applicable:
      return measurement.verification ? "not timed" : "not applicable";
    case MeasurementStatus::error:
      return "ERROR";
    case MeasurementStatus::reported:
      return "reported";
    case MeasurementStatus::measured:
      break;
  }
  return "no samples";
}

std::string beside_library(const Measurement& measurement, const Result& result) {
  const auto ratio = ratio_to_library(measurement, result.measurements);
  return ratio ? fmt::format("{:.2f} x {}", ratio->value, ratio->library->id.implementation) : "";
}

bool has_samples(const Measurement& measurement) {
  return measurement.status == MeasurementStatus::measured && measurement.samples;
}

/// What the rows have in common, looked at before the first is made.
struct Common {
  explicit Common(const Result& result) : devices(several_devices(result)) {
    for (const Measurement& one : result.measurements) {
      fractions = fractions || one.speed_of_light_fraction;
      if (!has_samples(one)) reasons.count(one.reason);
    }
  }

  bool devices = false;    // several, so that each row names its own
  bool fractions = false;  // of the speed of light: some are known
  Notes reasons;
};

void append_outcome(std::vector<std::string>& row, const Measurement& measurement,
                    const Result& result, const Common& common) {
  if (!has_samples(measurement)) {
    row.push_back(
        fmt::format("{}: {}", status_text(measurement), common.reasons.mark(measurement.reason)));
    return;
  }
  const Samples& samples = *measurement.samples;
  row.push_back(quantity(samples.median_s, "s"));
  row.push_back(
      fmt::format("{:.1f} %", 50 * (samples.ci_high_s - samples.ci_low_s) / samples.median_s));
  row.push_back(rate(measurement));
  if (common.fractions)
    row.push_back(measurement.speed_of_light_fraction
                      ? percentage(*measurement.speed_of_light_fraction)
                      : "unknown");
  row.push_back(std::to_string(measurement.samples->count));
  row.push_back(beside_library(measurement, result));
}

/// What the column of intervals means.
std::string interval_note(const Result& result) {
  bool any = false, between_passes = true;
  for (const Measurement& one : result.measurements) {
    if (!one.samples) continue;
    any = true;
    between_passes = between_passes && !one.samples->pass_medians_s.empty();
  }
  if (!any) return "";
  return between_passes
             ? "+-: half of the 95 % interval between passes; another run may differ by it\n"
             : "+-: half of the 95 % interval inside one pass; another run may differ by more\n";
}

}  // namespace

std::string summary(const Result& result, std::size_t width) {
  const Common common(result);
  Rows rows = {{"case", "series"}};
  if (common.devices) rows.front().push_back("device");
  for (const char* heading : {"median", "+-", "rate"}) rows.front().push_back(heading);
  if (common.fractions) rows.front().push_back("of speed of light");
  for (const char* heading : {"samples", "speed"}) rows.front().push_back(heading);
  bool any = false;
  for (const Measurement& measurement : result.measurements) {
    std::vector<std::string> row = {case_of(measurement), name(measurement.series)};
    if (common.devices) row.push_back(device_of(result, measurement));
    append_outcome(row, measurement, result, common);
    rows.push_back(std::move(row));
    any = any || has_samples(measurement);
  }
  std::string text = table(rows, width) + common.reasons.str(width);
  if (any && !common.fractions) text += "The speed of light is unknown for every case.\n";
  return text + interval_note(result);
}

}  // namespace assay::cli
