// The steps of `assay cluster`: what each verb does once its flags are read.
#pragma once

#include <filesystem>

#include "harness/cli/arguments.h"
#include "harness/cli/stop_signal.h"
#include "harness/cluster/collect.h"
#include "harness/cluster/plan.h"
#include "harness/cluster/probes.h"
#include "harness/core/error.h"

namespace assay::cli {

/// What every verb works with: the cluster, what it has, and the user's patience.
struct ClusterSession {
  cluster::Kubectl& kubectl;
  cluster::Inventory inventory;
  cluster::Pace pace;
  const StopSignals& signals;
};

/// Prints the plan with its reasons; throws Error with its faults.
void show_plan(const cluster::Plan& plan);
ExitCode dry_run(ClusterSession& session, const cluster::Plan& plan);
/// The probes, then from applying to the verdict; whatever happens, what was applied is deleted
/// again.
ExitCode run_on_cluster(ClusterSession& session, const cluster::Plan& plan,
                        const std::filesystem::path& folder,
                        const cluster::ProbeWishes& probes = {});
ExitCode cluster_status(ClusterSession& session, const cluster::Target& target);
ExitCode collect_from_cluster(ClusterSession& session, const cluster::Target& target,
                              const std::filesystem::path& folder);
ExitCode clean_cluster(ClusterSession& session, const cluster::Target& target);

}  // namespace assay::cli
