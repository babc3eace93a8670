// Requirement: no device's power limit or clocks are lowered.
#include <fmt/format.h>

#include "harness/conformance/inventory.h"
#include "harness/conformance/parameters.h"
#include "harness/conformance/quantity.h"

namespace assay {

namespace {

class PowerAndClocks final : public Requirement {
 public:
  std::string kind() const override { return "inventory_power_and_clocks"; }
  Axis axis() const override { return Axis::functional; }

  RequirementVerdict evaluate(const Evidence& evidence,
                              const ProfileRequirement& asked) const override {
    Parameters(asked).done();
    Findings findings(evidence);
    check_devices(evidence, findings, check);
    return findings.verdict("power limits at their default, clocks not limited");
  }

 private:
  static bool check(const DeviceRef& ref, const Subject& subject, Findings& findings) {
    const DeviceFacts& device = *ref.device;
    const double* limit = present(device.power_limit_w, "the power limit", subject, findings);
    const double* standard =
        present(device.power_limit_default_w, "the default power limit", subject, findings);
    const double* clock = present(device.clock_limit_hz, "the clock limit", subject, findings);
    const double* clock_max = present(device.clock_max_hz, "the maximum clock", subject, findings);
    if (limit == nullptr || standard == nullptr || clock == nullptr || clock_max == nullptr) {
      return false;
    }
    findings.figure("devices", [&] {
      Json entry = device_figures(ref);
      entry["power_limit_w"] = *limit;
      entry["power_limit_default_w"] = *standard;
      entry["clock_limit_hz"] = *clock;
      entry["clock_max_hz"] = *clock_max;
      return entry;
    });
    const bool power_lowered = *limit < *standard;
    const bool clock_lowered = *clock < *clock_max;
    if (power_lowered) {
      findings.fail("power_limit_lowered",
                    fmt::format("power limit {:.0f} W, default {:.0f} W", *limit, *standard),
                    subject);
    }
    if (clock_lowered) {
      findings.fail(
          "clock_limit_lowered",
          fmt::format("clock limited to {}, maximum {}", megahertz(*clock), megahertz(*clock_max)),
          subject);
    }
    return !power_lowered && !clock_lowered;
  }
};

const RequirementEnrolment<PowerAndClocks> power_and_clocks_enrolment;

}  // namespace

}  // namespace assay
