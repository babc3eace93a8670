// Requirement: MIG and the compute mode are what the profile expects.
#include <fmt/format.h>

#include <algorithm>

#include "harness/conformance/inventory.h"
#include "harness/conformance/parameters.h"

namespace assay {

namespace {

struct Expected {
  std::vector<std::string> mig, compute_mode;
};

class Mode final : public Requirement {
 public:
  std::string kind() const override { return "inventory_mode"; }
  Axis axis() const override { return Axis::functional; }

  RequirementVerdict evaluate(const Evidence& evidence,
                              const ProfileRequirement& asked) const override {
    Parameters parameters(asked);
    Expected expected{parameters.texts("mig"), parameters.texts("compute_mode")};
    parameters.done();
    // A board that has no MIG says so; that is as good as MIG switched off.
    if (expected.mig.empty()) expected.mig = {"disabled", "not_supported"};
    if (expected.compute_mode.empty()) expected.compute_mode = {"default"};
    Findings findings;
    findings.set_figure("mig", expected.mig);
    findings.set_figure("compute_mode", expected.compute_mode);
    check_devices(
        evidence, findings, [&](const DeviceRef& ref, const Subject& subject, Findings& to) {
          const DeviceFacts& device = *ref.device;
          const bool mig = check("MIG", device.mig, expected.mig, subject, to);
          const bool compute =
              check("the compute mode", device.compute_mode, expected.compute_mode, subject, to);
          return mig && compute;
        });
    return findings.verdict("MIG and compute mode as expected");
  }

 private:
  static bool check(const char* what, const std::optional<std::string>& fact,
                    const std::vector<std::string>& expected, const Subject& subject,
                    Findings& findings) {
    const std::string* value = present(fact, what, subject, findings);
    if (value == nullptr) return false;
    if (std::find(expected.begin(), expected.end(), *value) != expected.end()) return true;
    findings.fail("mode",
                  fmt::format("{} is {}, expected {}", what, *value, fmt::join(expected, " or ")),
                  subject);
    return false;
  }
};

const RequirementEnrolment<Mode> mode_enrolment;

}  // namespace

}  // namespace assay
