// `assay run` as one of several ranks: this node, then what is between the nodes.
#pragma once

#include "harness/cli/arguments.h"
#include "harness/cli/rank_flags.h"
#include "harness/cli/stop_signal.h"
#include "harness/core/error.h"
#include "harness/core/profile.h"

namespace assay::cli {

/// Returns when every rank has what it needs, or throws Error within the deadline of losing one,
/// with a line that names it; the documents then hold what was measured before.
ExitCode run_fabric(const Arguments& arguments, const Profile& profile, const RankWorld& world,
                    const StopSignals& signals);

}  // namespace assay::cli
