// Hands a kustomization to the API server.
#pragma once

#include <filesystem>

#include "harness/cluster/kubectl.h"

namespace assay::cluster {

/// Lets the server look at `folder/run` and create nothing. Throws Error, in a user's words, for
/// what it would refuse, then or later: Pod Security only warns of pods that will never come.
void try_out(Kubectl& kubectl, const std::filesystem::path& folder);

/// Applies `folder/run`. Throws Error where anything was refused; the rest of it may exist then.
void apply(Kubectl& kubectl, const std::filesystem::path& folder);

}  // namespace assay::cluster
