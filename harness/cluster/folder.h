// The kustomization of a run: manifests/ as it is in the executable, and two files that choose.
#pragma once

#include <filesystem>

#include "harness/cluster/plan.h"

namespace assay::cluster {

/// Writes `folder` so that `kubectl apply -k folder/run` is the run: what the plan applies is what
/// a user can read there. The secret of the ranks is new, and readable by this user alone.
void write_kustomization(const Plan& plan, const std::filesystem::path& folder);

/// `run/kustomization.yaml` and `run/parameters.yaml`, for showing.
std::string kustomization_text(const Plan& plan);
std::string parameters_text(const Plan& plan);

}  // namespace assay::cluster
