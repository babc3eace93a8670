// Adds what a pod cannot know of itself to its node's document when it is collected.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "harness/cluster/discover.h"
#include "harness/cluster/objects.h"
#include "harness/core/cluster_facts.h"

namespace assay::cluster {

struct PodFacts {
  std::string node, image_digest, claim;
  std::vector<std::string> allocated;  // UUIDs where they are published, else driver/pool/device
  ClusterFacts cluster;
};

/// Adds what a snapshot shows about running pods: claims are gone a second after their pod.
void remember(const Snapshot& snapshot, const Inventory& inventory,
              std::map<std::string, PodFacts>& facts);

/// Writes the facts, and the labels of each node, into the result documents of `folder`, found by
/// the pod that each names; documents that name each other by SHA-256 are made to agree again.
void stamp_documents(const std::filesystem::path& folder,
                     const std::map<std::string, PodFacts>& facts, const Inventory& inventory);

}  // namespace assay::cluster
