// What `assay cluster run` tried on its cluster, which every document of the run holds.
#pragma once

#include <string_view>
#include <vector>

#include "harness/conformance/requirement.h"
#include "harness/core/cluster_facts.h"

namespace assay {

/// Whether the document holds the facts of a probe: `gang_contention`, `webhooks`, `autoscaling`,
/// `exporter`; also `alignment`: of its claim with a NIC.
bool was_probed(const Result& result, std::string_view probe);

/// The facts of documents that hold those of the probe, once for all that hold the same.
std::vector<ClusterFacts> probed(const Evidence& evidence, std::string_view probe);

}  // namespace assay
