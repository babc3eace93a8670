// Requirement: ECC is on, no row remapping is pending or failed, no uncorrected error before the
// run or in it, no new XID.
#include <fmt/format.h>

#include "harness/conformance/inventory.h"
#include "harness/conformance/parameters.h"
#include "harness/conformance/telemetry.h"
#include "harness/core/number_of.h"

namespace assay {

namespace {

class Ecc final : public Requirement {
 public:
  std::string kind() const override { return "inventory_ecc"; }
  Axis axis() const override { return Axis::functional; }

  std::unique_ptr<Inquiry> inquire(const Profile&, const ProfileRequirement& asked) const override {
    Parameters(asked).done();
    return inquiry(
        Findings(), [](const Evidence& some, Findings& to) { check_devices(some, to, check); },
        [](const Findings& of) {
          return of.verdict("ECC on, no remapping pending or failed, no uncorrected error, no XID");
        });
  }

 private:
  /// What a counter of the device rose by while its cases were measured, and the first of these.
  struct Rise {
    double by = 0;
    const Measurement* first = nullptr;
  };

  static Rise rise_of(const DeviceRef& ref, const char* counter) {
    Rise rise;
    for (const Measurement& measurement : ref.result->measurements) {
      const auto& members = measurement.scope.members;
      if (members.empty() || members.front() != ref.device->uuid) continue;
      const Json* counters = telemetry_of(measurement, "new_errors");
      if (counters == nullptr || !counters->is_object() || !counters->contains(counter)) continue;
      const Json& by = counters->at(counter);
      if (by.is_number() && by <= 0) continue;  // falls when a driver is loaded anew
      if (rise.first == nullptr) rise.first = &measurement;
      if (by.is_number()) rise.by += by.get<double>();
    }
    return rise;
  }

  static bool has_risen(const DeviceRef& ref, const char* counter, const char* code,
                        const char* what, const Subject& subject, Findings& findings) {
    const Rise rise = rise_of(ref, counter);
    if (rise.first == nullptr) return false;
    findings.fail(code,
                  fmt::format("{}, first while {} was measured", number_of(rise.by, what),
                              rise.first->id.str()),
                  subject);
    return true;
  }

  static bool check(const DeviceRef& ref, const Subject& subject, Findings& findings) {
    const bool erred = has_risen(ref, "ecc_uncorrected", "uncorrected_errors",
                                 "new uncorrected ECC error", subject, findings);
    const bool remapped =
        has_risen(ref, "remapped_rows", "remap_pending", "newly remapped row", subject, findings);
    bool healthy = !erred && !remapped;
    if (!ref.device->xids.empty()) {
      findings.fail("xid", fmt::format("new XID {}", fmt::join(ref.device->xids, ", ")), subject);
      healthy = false;
    }
    const EccState* ecc = present(ref.device->ecc, "the state of ECC", subject, findings);
    if (ecc == nullptr) return false;
    findings.figure("devices", [&] {
      Json entry = device_figures(ref);
      const auto add = [&](const char* key, const auto& fact) {
        if (fact) entry[key] = *fact;
      };
      add("remapped_rows", ecc->remapped_rows);
      add("corrected_volatile", ecc->corrected_volatile);
      add("uncorrected_volatile", ecc->uncorrected_volatile);
      return entry;
    });
    const auto must_be = [&](const std::optional<bool>& fact, bool wanted, const char* what,
                             const char* code, const char* wrong) {
      const bool* value = present(fact, what, subject, findings);
      if (value != nullptr && *value != wanted) findings.fail(code, wrong, subject);
      healthy = healthy && value != nullptr && *value == wanted;
    };
    must_be(ecc->enabled, true, "whether ECC is on", "ecc_off", "ECC is off");
    must_be(ecc->remap_pending, false, "whether a row remapping is pending", "remap_pending",
            "a row remapping is pending: reset the device");
    must_be(ecc->remap_failed, false, "whether a row remapping failed", "remap_failed",
            "a row remapping failed: replace the device");
    const std::int64_t* uncorrected = present(
        ecc->uncorrected_volatile, "the number of uncorrected ECC errors", subject, findings);
    if (uncorrected != nullptr && *uncorrected > 0) {
      findings.fail("uncorrected_errors", number_of(*uncorrected, "uncorrected ECC error"),
                    subject);
    }
    return healthy && uncorrected != nullptr && *uncorrected == 0;
  }
};

const RequirementEnrolment<Ecc> ecc_enrolment;

}  // namespace

}  // namespace assay
