// Requirement: nothing is faster than its hardware allows; what is, was timed wrongly or not done.
//
// Of what one device does. Between ranks a bound is no physical one: switches that reduce move less
// than the bus factor counts, and ranks of one host do not use its NIC.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "harness/conformance/devices.h"
#include "harness/conformance/findings.h"
#include "harness/conformance/parameters.h"
#include "harness/conformance/quantity.h"
#include "harness/core/consistency.h"
#include "harness/core/device_light.h"
#include "harness/core/gpu_tables.h"

namespace assay {

namespace {

// Clocks of GPUs are exact and their memory's figure is a physical one. A host's clock and memory
// are measured.
constexpr double kBeyondOnGpu = 0.02, kBeyondOnHost = 0.05;

/// At the highest clock that the device has: published rates are at a lower one.
SpeedOfLight at_highest_clock(const DeviceFacts& device) {
  SpeedOfLight light = device.speed_of_light;
  if (!light.clock_hz || !device.clock_max_hz) return light;
  for (auto& [dtype, rate] : light.flop_per_s)
    rate *= std::max(1.0, *device.clock_max_hz / *light.clock_hz);
  return light;
}

class WithinBounds final : public Requirement {
 public:
  std::string kind() const override { return "within_bounds"; }
  Axis axis() const override { return Axis::validity; }

  std::unique_ptr<Inquiry> inquire(const Profile&, const ProfileRequirement& asked) const override {
    Parameters(asked).done();
    return inquiry(
        Notes(),
        [](const Evidence& some, Notes& to) {
          for (const Result& result : some.results) {
            to.departs = check_bounds(result, to.findings) || to.departs;
            Lights lights;
            for (const Measurement& measurement : result.measurements)
              to.highest = std::max(to.highest, check(result, measurement, lights, to.findings));
          }
        },
        [](Notes& of) {
          if (of.highest == 0 && !of.departs) return unknown();
          of.findings.set_figure("highest_fraction", of.highest);
          return of.findings.verdict(
              fmt::format("the most that a case reached is {} of its bound", percent(of.highest)));
        });
  }

 private:
  struct Notes {
    Findings findings;
    double highest = 0;
    bool departs = false;  // some device's bounds are not those of the tables
  };

  /// A document of these tables has been refused where its bounds are not theirs; of another it is
  /// not known who set them. Whether there is such a device.
  static bool check_bounds(const Result& result, Findings& findings) {
    const std::string& tables = result.run.tables;
    if (result.run.backend != "cuda" || tables == gpu_tables_version()) return false;
    bool departs = false;
    for (const DeviceRef& ref : devices_of(result)) {
      const std::string departure = departure_from_tables(*ref.device);
      if (departure.empty()) continue;
      departs = true;
      const std::string text = fmt::format(
          "{}: the document {}, so nothing vouches for its bounds; measure again with this version "
          "of assay",
          departure,
          tables.empty() ? "does not name the tables that it was made with"
                         : "was made with other tables (" + tables + ")");
      if (find_gpu_sku(ref.device->pci_id.value_or("")) != nullptr)
        findings.not_evaluated("missing", text, subject_of(ref));
      else  // a part that these tables do not have
        findings.warn("missing", text, subject_of(ref));
    }
    return departs;
  }
  /// Of each device, at its highest clock.
  using Lights = std::map<const DeviceFacts*, SpeedOfLight>;

  /// 0: no bound of it is known.
  static double check(const Result& result, const Measurement& measurement, Lights& lights,
                      Findings& findings) {
    const DeviceFacts* device = timed_device(result, measurement);
    if (device == nullptr || measurement.status != MeasurementStatus::measured ||
        !measurement.samples)
      return 0;
    const auto [light, is_new] = lights.try_emplace(device);
    if (is_new) light->second = at_highest_clock(*device);
    const auto least = least_time(work_of(measurement, *device), light->second, measurement.id,
                                  measurement.series);
    if (!least) return 0;
    const double reached = least->seconds / measurement.samples->median_s;
    const double beyond = result.run.backend == "host" ? kBeyondOnHost : kBeyondOnGpu;
    if (reached <= 1 + beyond) {
      findings.pass();
      return reached;
    }
    for (const DeviceRef& ref : devices_of(result)) {
      if (ref.device != device) continue;
      Json entry = device_figures(ref);
      entry["case"] = measurement.id.str();
      entry["series"] = name(measurement.series);
      entry["fraction"] = reached;
      entry["bound"] = least->bound;
      findings.figure("beyond", std::move(entry));
      findings.fail(
          "beyond_bound",
          fmt::format("{} took {} of the least time that {} allows, limit {}", measurement.id.str(),
                      percent(1 / reached), bound_in_words(least->bound),
                      percent_limit(1 / (1 + beyond), 1 / reached)),
          subject_of(ref));
    }
    return reached;
  }

  static const char* bound_in_words(std::string_view bound) {
    return bound == "compute" ? "its arithmetic at the highest clock"
           : bound == "link"  ? "its link"
                              : "its memory";
  }

  static RequirementVerdict unknown() {
    RequirementVerdict verdict;
    verdict.verdict = Verdict::not_evaluated;
    verdict.reason_code = "not_applicable";
    verdict.reason = "no bound of what was measured is known";
    return verdict;
  }
};

const RequirementEnrolment<WithinBounds> within_bounds_enrolment;

}  // namespace

}  // namespace assay
