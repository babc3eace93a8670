// Requirement: every device's PCIe link runs at its maximum generation and width under load, and
// that maximum is its peers'.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "harness/conformance/inventory.h"
#include "harness/conformance/parameters.h"

namespace assay {

namespace {

/// The best that a device of each name could have. The driver's maximum is that of the device in
/// its slot: behind a riser or a bridge of fewer lanes it is lower than the part's own.
class PciePeers {
 public:
  explicit PciePeers(const Evidence& evidence) {
    for (const DeviceRef& ref : devices_of(evidence)) {
      if (!ref.device->pcie) continue;
      Best& best = best_[ref.device->name];
      best.generation = std::max(best.generation, ref.device->pcie->generation_max.value_or(0));
      best.width = std::max(best.width, ref.device->pcie->width_max.value_or(0));
    }
  }

  /// What its peers could have where that is more than its own; empty: it is not.
  std::string more_than(const DeviceFacts& device) const {
    const Best& best = best_.at(device.name);
    if (*device.pcie->generation_max >= best.generation && *device.pcie->width_max >= best.width)
      return "";
    return fmt::format("PCIe generation {} x{} at most, others of its model generation {} x{}",
                       *device.pcie->generation_max, *device.pcie->width_max, best.generation,
                       best.width);
  }

 private:
  struct Best {
    int generation = 0, width = 0;
  };
  std::map<std::string, Best> best_;  // by the part's name
};

class PcieLinkAtMaximum final : public Requirement {
 public:
  std::string kind() const override { return "inventory_pcie_link"; }
  Axis axis() const override { return Axis::functional; }

  RequirementVerdict evaluate(const Evidence& evidence,
                              const ProfileRequirement& asked) const override {
    Parameters(asked).done();
    Findings findings(evidence);
    const PciePeers peers(evidence);
    check_devices(evidence, findings,
                  [&](const DeviceRef& ref, const Subject& subject, Findings& to) {
                    return check(ref, subject, peers, to);
                  });
    return findings.verdict("every link at its maximum generation and width");
  }

 private:
  static bool check(const DeviceRef& ref, const Subject& subject, const PciePeers& peers,
                    Findings& findings) {
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
    if (*generation >= *generation_max && *width >= *width_max) {
      const std::string less = peers.more_than(*ref.device);
      if (!less.empty()) findings.warn("link_below_peers", less, subject);
      return less.empty();
    }
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
