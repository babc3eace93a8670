// The GPUs that a test needs; without a driver it ends as not run.
#pragma once

#include <memory>
#include <vector>

#include "harness/core/error.h"
#include "harness/measure/device.h"
#include "tests/not_run.h"

namespace assay::test {

inline std::vector<std::unique_ptr<Device>> open_gpus() {
  try {
    return open_devices(choose_backend("cuda"));
  } catch (const Error& none) {
    if (none.code() != ExitCode::missing) throw;  // a driver that does not work is a failure
    not_run(none.what());
  }
}

}  // namespace assay::test
