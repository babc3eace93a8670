// Requirement: ECC is on, no row remapping is pending or failed, no new XID.
#include <fmt/format.h>

#include "harness/conformance/inventory.h"
#include "harness/conformance/parameters.h"
#include "harness/core/number_of.h"

namespace assay {

namespace {

class Ecc final : public Requirement {
 public:
  std::string kind() const override { return "inventory_ecc"; }
  Axis axis() const override { return Axis::functional; }

  RequirementVerdict evaluate(const Evidence& evidence,
                              const ProfileRequirement& asked) const override {
    Parameters(asked).done();
    Findings findings(evidence);
    check_devices(evidence, findings, check);
    return findings.verdict("ECC on, no remapping pending or failed, no uncorrected error, no XID");
  }

 private:
  static bool check(const DeviceRef& ref, const Subject& subject, Findings& findings) {
    bool healthy = true;
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
