// The transport of an operation from NCCL's report, as one word that a profile can expect.
#pragma once

#include <string>
#include <vector>

#include "collectives/nccl/graph_report.h"

namespace assay::nccl {

/// The `algorithm` of sends and receives, and of all-to-all, which is made of them.
inline constexpr const char* kSendReceive = "SEND_RECEIVE";

/// `kind` is the word in documents, of harness/core/transport_words.h, or a network plugin's own
/// name. Several kinds are joined by `+` in alphabetical order: `ib_gdr+nvlink`. If any part is
/// not known, the whole is `unknown`, and `why` says which part.
struct TransportSeen {
  std::string kind = "unknown";
  std::string why;
  std::string degraded;           // NCCL's words where its search for paths fell back; else empty
  int channels = 0;               // 0: not reported
  std::vector<std::string> nics;  // `mlx5_0:1`, in order, each once
};

/// `algorithm` as NCCL names it: RING, TREE, NVLS, NVLS_TREE, COLLNET_DIRECT, PAT, … or
/// kSendReceive: only the connections that it uses count. Empty, not known: every connection does.
TransportSeen transport_seen(const Report& report, const std::string& algorithm);

}  // namespace assay::nccl
