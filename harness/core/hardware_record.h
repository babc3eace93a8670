// The implementations that have run on real hardware, according to the committed results.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/embedded.h"
#include "harness/core/shape.h"

namespace assay {

/// What real hardware has measured and verified, from result documents. Simulated documents and
/// those of the host backend do not count.
class HardwareRecord {
 public:
  /// Throws Error if a file is not a valid result document.
  explicit HardwareRecord(const std::vector<EmbeddedFile>& results);

  /// Whether any shape of the implementation is in the record.
  bool has(const CaseId& id) const;

 private:
  std::set<std::string> implementations_;  // `workload.dtype.implementation`
};

/// Whether an implementation has run on the hardware that it is for. One for GPUs has if a result
/// under results-schema/reference/ shows it. One for the host always has, because its tests run it.
bool run_on_hardware(std::string_view backend, const CaseId& id);

}  // namespace assay
