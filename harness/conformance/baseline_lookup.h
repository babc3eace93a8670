// Which baseline row a measurement is held to.
#pragma once

#include <string>

#include "harness/conformance/cases.h"
#include "harness/core/baseline.h"

namespace assay {

/// Whether the baseline is of this device: its PCI id is listed, else the SKU is the same.
bool is_of(const Baseline& baseline, const DeviceFacts& device);

struct FoundRow {
  const Baseline* baseline = nullptr;
  const BaselineRow* row = nullptr;
  const Measurement* measurement = nullptr;  // the best one that the row is about
  bool expired = false;                      // when the run started; never by today's date
};

/// The row of the best tier (measured_here, vendor, third_party, derived), the newest of a tier;
/// one that has not expired comes before any that has. `row` is null when there is none.
FoundRow find_row(const std::vector<Baseline>& baselines, const DeviceGroup& group,
                  const CaseFilter& filter);

/// The same for measurements between nodes, for any devices: a row of scope `cluster` names the
/// number of ranks in its case.
FoundRow find_fabric_row(const std::vector<Baseline>& baselines,
                         const std::vector<const Measurement*>& members, const std::string& day,
                         const CaseFilter& filter);

}  // namespace assay
