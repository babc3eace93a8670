// The world of a run before it is met: every process on a machine like this one.
#pragma once

#include "harness/run/machine.h"
#include "harness/core/asked_cases.h"

namespace assay::cli {

/// `processes` nodes with `devices` each; one device where there are none. Racks are not known.
AskedWorld world_like(Backend backend, const Devices& devices, int processes);

}  // namespace assay::cli
