// Which transport carried an operation, from NCCL's report: one word that a profile can expect.
#pragma once

#include <string>
#include <vector>

#include "collectives/nccl/graph_report.h"

namespace assay::nccl {

/// `kind` is what a document says. Of one kind: nvlink, pcie, c2c, shm, nvls, socket, and, with
/// `_gdr` where the NIC reads and writes GPU memory itself, ib, roce, efa, collnet or a network
/// plugin's own name. Of several, all of them, joined by `+` in the alphabet's order:
/// `ib_gdr+nvlink`. `unknown` alone where any part of it is not known; `why` then says what.
struct TransportSeen {
  std::string kind = "unknown";
  std::string why;
  int channels = 0;               // 0: not said
  std::vector<std::string> nics;  // `mlx5_0:1`, in order, each once
};

/// `algorithm` as NCCL names it: RING, TREE, NVLS, NVLS_TREE, COLLNET_DIRECT, PAT, …; empty for
/// sends and receives or where it is not known: every connection then counts.
TransportSeen transport_seen(const Report& report, const std::string& algorithm);

}  // namespace assay::nccl
