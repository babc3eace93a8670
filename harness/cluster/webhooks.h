// Whether the admission webhooks of operators tell a good custom resource from a bad one.
#pragma once

#include <filesystem>
#include <vector>

#include "harness/cluster/discover.h"
#include "harness/core/cluster_facts.h"

namespace assay::cluster {

/// Shows the API server (dry run: nothing is created) a good and a bad resource of every operator
/// that Assay knows and the cluster has, and `good.yaml` and `bad.yaml` of `own`, unless it is
/// empty. A bad one obeys the schema, so that only a webhook can refuse it. Throws Error where a
/// file cannot be read.
std::vector<WebhookFacts> ask_webhooks(Kubectl& kubectl, const Inventory& inventory,
                                       const std::string& name_space,
                                       const std::filesystem::path& own);

}  // namespace assay::cluster
