// `assay run` of one process: what is between its own devices, without a rendezvous.
#pragma once

#include "harness/cli/arguments.h"
#include "harness/cli/fabric_plan.h"
#include "harness/cli/run_document.h"
#include "harness/cli/run_steps.h"
#include "harness/cli/stop_signal.h"
#include "harness/core/profile.h"

namespace assay::cli {

/// Whether this process alone has several ranks for what the profile asks between ranks.
bool joins_alone(const Profile& profile, Backend backend, const Devices& devices);

/// Into the process's own document. Returns false when it was stopped.
bool measure_alone(const FabricPlan& plan, const Profile& profile, const Arguments& arguments,
                   RunDocument& document, const Devices& devices, const StopSignals& signals);

}  // namespace assay::cli
