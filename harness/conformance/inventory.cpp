// The loop that every inventory requirement runs.
#include "harness/conformance/inventory.h"

#include "harness/conformance/fabric.h"

namespace assay {

void check_devices(const Evidence& evidence, Findings& findings, const DeviceCheck& check) {
  for (const Result& result : evidence.results) {
    if (has_nodes_elsewhere(result)) continue;
    const std::vector<DeviceRef> devices = devices_of(result);
    if (devices.empty()) {
      findings.not_evaluated("missing", "run " + result.run.id + " describes no device");
    }
    for (const DeviceRef& device : devices) {
      if (check(device, subject_of(device), findings)) findings.pass();
    }
  }
}

}  // namespace assay
