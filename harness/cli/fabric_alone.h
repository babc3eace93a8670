// `assay run` of one process: what is between its own devices, without a rendezvous.
#pragma once

#include "harness/cli/arguments.h"
#include "harness/run/document.h"
#include "harness/run/machine.h"
#include "harness/cli/stop_signal.h"
#include "harness/core/asked_cases.h"

namespace assay::cli {

/// The sizes of the groups of ranks among this process's own devices, as AskedWorld has them: one
/// where nothing joins them. `node` describes the devices.
std::vector<int> ranks_alone(const Result& node, const Devices& devices);

/// What is asked between ranks, into the process's own document. Returns false when it was stopped.
bool measure_alone(const std::vector<AskedGroup>& asked, const Profile& profile,
                   const Arguments& arguments, RunDocument& document, const Devices& devices,
                   const StopSignals& signals);

}  // namespace assay::cli
