// The profile's cases beside what the documents hold of them, device by device.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/conformance/devices.h"
#include "harness/conformance/parameters.h"

namespace assay {

/// Which of the profile's cases a requirement looks at; empty lists take all.
struct CaseFilter {
  std::vector<std::string> workloads, dtypes, shapes, series;
  std::optional<std::string> implementation;
  std::string scope = "device";  ///< Or `node`: a device while all of its node worked.

  /// Reads the parameters `workload`, `dtype`, `shapes`, `series` and `implementation`.
  static CaseFilter read(Parameters& parameters);
  /// `scope` too: `device`, or `node` for what all devices did at once.
  static CaseFilter read_with_scope(Parameters& parameters);
};

/// One group that the profile asks of every device, and the measurements that one device has of
/// it. `members` may be empty: that is what `missing` means.
struct DeviceGroup {
  DeviceRef device;
  std::string workload, dtype;
  Shape shape;
  Series series = Series::cold;
  std::string scope = "device";
  std::vector<std::string> implementations;  // that the profile names; empty: any
  std::vector<const Measurement*> members;

  /// `workload.dtype/shape`, with the series when it is not cold, and the scope of all at once.
  std::string name() const;
};

/// Every group of the profile that the filter takes, for every device of every document. Of scope
/// `node` on nodes with several devices only: on others the profile asks for none.
/// Throws Error when the filter names a shape that the profile's cases do not have.
std::vector<DeviceGroup> device_groups(const Evidence& evidence, const CaseFilter& filter);

/// The rate that a measurement is judged by (flop_per_s, else bus bandwidth, else bytes_per_s; of
/// a memory workload its bytes); absent unless it was measured, verified and is a positive number.
struct Rate {
  std::string metric;
  double value = 0;
};
std::optional<Rate> rate_of(const Measurement& measurement);

/// The fastest verified member (or the one that the filter names); null when there is none.
const Measurement* best_of(const DeviceGroup& group, const CaseFilter& filter);
/// Why `best_of` found none, for a `not_evaluated`: code `missing` or `failed_verification`.
struct Absence {
  std::string reason_code, text;
};
Absence why_none(const DeviceGroup& group, const CaseFilter& filter);

}  // namespace assay
