// Requirement: every device's PCIe link runs at its maximum generation and width under load.
#include <fmt/format.h>

#include "harness/conformance/inventory.h"
#include "harness/conformance/parameters.h"

namespace assay {

namespace {

class PcieLinkAtMaximum final : public Requirement {
 public:
  std::string kind() const override { return "inventory_pcie_link"; }
  Axis axis() const override { return Axis::functional; }

  RequirementVerdict evaluate(const Evidence& evidence,
                              const ProfileRequirement& asked) const override {
    Parameters(asked).done();
    Findings findings(evidence);
    check_devices(evidence, findings, check);
    return findings.verdict("every link at its maximum generation and width");
  }

 private:
  static bool check(const DeviceRef& ref, const Subject& subject, Findings& findings) {
    const PcieLink* link = present(ref.device->pcie, "the PCIe link", subject, findings);
    if (link == nullptr) return false;
    const int* generation =
        present(link->generation, "the PCIe link's generation", subject, findings);
    const int* generation_max =
        present(link->generation_max, "the PCIe link's maximum generation", subject, findings);
    const int* width = present(link->width, "the PCIe link's width", subject, findings);
    const int* width_max =
        present(link->width_max, "the PCIe link's maximum width", subject, findings);
    if (generation == nullptr || generation_max == nullptr || width == nullptr ||
        width_max == nullptr) {
      return false;
    }
    findings.figure("devices", [&] {
      Json entry = device_figures(ref);
      entry["generation"] = *generation;
      entry["generation_max"] = *generation_max;
      entry["width"] = *width;
      entry["width_max"] = *width_max;
      if (link->replays) entry["replays"] = *link->replays;
      if (link->under_load) entry["under_load"] = *link->under_load;
      return entry;
    });
    if (*generation >= *generation_max && *width >= *width_max) return true;
    const std::string is = fmt::format("PCIe generation {} x{}, it could be generation {} x{}",
                                       *generation, *width, *generation_max, *width_max);
    // At rest the generation falls to save power; the width stays.
    if (*width >= *width_max && !link->under_load.value_or(false)) {
      findings.warn("link_at_rest", is + "; it was read at rest, where it may be lower", subject);
    } else {
      findings.fail("link_below_maximum", is, subject);
    }
    return false;
  }
};

const RequirementEnrolment<PcieLinkAtMaximum> pcie_link_at_maximum_enrolment;

}  // namespace

}  // namespace assay
