// Which baseline row a measurement is held to.
#pragma once

#include <string>
#include <vector>

#include "harness/conformance/cases.h"
#include "harness/core/baseline.h"

namespace assay {

/// A normal distribution's standard deviation over its median absolute deviation.
inline constexpr double kSdOfMad = 1.4826;

/// A MIG slice has the SKU and the PCI id of the whole part, of which it is some share that its
/// name tells: it is a part of its own.
bool is_slice(const DeviceFacts& device);
/// What the baseline of this device calls its SKU.
std::string baseline_sku(const DeviceFacts& device);
/// Whether the baseline is of this device: its PCI id is listed, else the SKU is the same.
bool is_of(const Baseline& baseline, const DeviceFacts& device);

/// What moves the data between ranks, whatever its variant: `nvls` and `nvlink` are `nvlink`,
/// `ib_gdr+nvlink` is `ib`, because the network is what differs. Empty where it is not known.
std::string fabric_class(const Measurement& measurement);
/// The nodes of the measurement's scope.
int nodes_of(const Measurement& measurement);

struct FoundRow {
  const Baseline* baseline = nullptr;
  const BaselineRow* row = nullptr;
  const Measurement* measurement = nullptr;  // the best one that the row is about
  bool expired = false;                      // when the run started; never by today's date
  /// Why the row can warn at most: it is of a neighbouring size, or does not say what data its
  /// rate was measured with. Empty: it can fail a device.
  std::string only_warns = {};
};

/// The row of the best tier (measured_here, vendor, third_party, derived), the newest of a tier,
/// of these the one that asks the most, which is that of the best implementation;
/// one that has not expired comes before any that has. Where no row is of the measurement's own
/// size, the nearest on the plateau of large messages, which can only warn. `row` is null when
/// there is none.
FoundRow find_row(const std::vector<Baseline>& baselines, const DeviceGroup& group,
                  const CaseFilter& filter);

/// The same for measurements between ranks that have such devices; the row names the number of
/// ranks in its case.
FoundRow find_fabric_row(const std::vector<Baseline>& baselines, const DeviceFacts& device,
                         const std::vector<const Measurement*>& members, const std::string& day,
                         const CaseFilter& filter);

/// What a search over shapes found for the group's workload and dtype on such a device; null when
/// nothing says.
const BaselineRow* find_search_row(const std::vector<Baseline>& baselines,
                                   const DeviceGroup& group);

}  // namespace assay
