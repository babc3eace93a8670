// The transport of an operation from NCCL's report, as one word that a profile can expect.
#pragma once

#include <string>
#include <vector>

#include "collectives/nccl/graph_report.h"

namespace assay::nccl {

/// `kind` is the word in documents: nvlink, pcie, c2c, shm, nvls, socket, ib, roce, efa, collnet or
/// a network plugin's own name. The last five end in `_gdr` if the NIC accesses GPU memory
/// directly. Several kinds are joined by `+` in alphabetical order: `ib_gdr+nvlink`. If any part is
/// not known, the whole is `unknown`, and `why` says which part.
struct TransportSeen {
  std::string kind = "unknown";
  std::string why;
  int channels = 0;               // 0: not reported
  std::vector<std::string> nics;  // `mlx5_0:1`, in order, each once
};

/// `algorithm` as NCCL names it: RING, TREE, NVLS, NVLS_TREE, COLLNET_DIRECT, PAT, …; empty for
/// sends and receives or if unknown: then every connection counts.
TransportSeen transport_seen(const Report& report, const std::string& algorithm);

}  // namespace assay::nccl
