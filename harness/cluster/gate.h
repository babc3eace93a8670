// What a node carries of its verdict: a taint until it has passed, a label and a condition.
#pragma once

#include <string>
#include <vector>

#include "harness/cluster/discover.h"

namespace assay::cluster {

/// New nodes join with this taint (the kubelet's --register-with-taints); a pass removes it.
inline constexpr const char* kUnverified = "assay.io/unverified";

/// Nodes that are ready and still carry the taint, by name.
std::vector<std::string> unverified_nodes(const Inventory& inventory);

struct NodeMark {
  std::string verdict;  // pass, warn, fail; unknown: no verdict was reached
  std::string message;  // one line, for people
};

/// Sets label `assay.io/verdict` and condition `AcceleratorsVerified`, and takes the taint away
/// where the node has passed or sets it where it has not. Throws Error naming what was refused.
void mark_node(Kubectl& kubectl, const std::string& node, const NodeMark& mark);

}  // namespace assay::cluster
