// Which implementations have been run on real hardware: those that the committed results hold.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/embedded.h"
#include "harness/core/shape.h"

namespace assay {

/// What real hardware has measured and verified, from result documents. Documents that are
/// simulated or of the host backend say nothing about an accelerator.
class HardwareRecord {
 public:
  /// Throws Error where a file is no valid result document.
  explicit HardwareRecord(const std::vector<EmbeddedFile>& results);

  /// Whether any shape of the implementation is among them.
  bool has(const CaseId& id) const;

 private:
  std::set<std::string> implementations_;  // `workload.dtype.implementation`
};

/// Whether an implementation has run on the hardware that it is for: a GPU's when a result under
/// results-schema/reference/ shows it, the host's always, since every test of it does.
bool run_on_hardware(std::string_view backend, const CaseId& id);

}  // namespace assay
