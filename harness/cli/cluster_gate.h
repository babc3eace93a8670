// `assay cluster gate`: nodes measured one after the other, each marked with its verdict.
#pragma once

#include <functional>

#include "harness/cli/cluster_run.h"

namespace assay::cli {

/// Plans the run of one node.
using NodePlan = std::function<cluster::Plan(const std::string& node)>;

/// Measures every node of `nodes`, marks it, and writes its results to `folder`/NODE. Returns the
/// worst exit code; a node that gave no verdict is marked as unknown and costs no other node.
ExitCode gate_nodes(ClusterSession& session, const std::vector<std::string>& nodes,
                    const NodePlan& plan, const std::filesystem::path& folder);

}  // namespace assay::cli
