// Composes NCCL's report of a communicator for a test.
#pragma once

#include <string>
#include <vector>

#include "collectives/nccl/transport_seen.h"

namespace assay::test {

using Names = std::vector<std::string>;

/// The lines of one thread, which ends the making of its communicator with the last of them.
inline std::string written(const Names& messages, const std::string& thread = "n0:1:2",
                           const std::string& id = "0x2") {
  std::string text;
  for (const std::string& message : messages) text += thread + " [0] NCCL INFO " + message + "\n";
  return text + thread + " [0] NCCL INFO ncclCommInitRank comm 0x1 rank 0 nranks 4 cudaDev 0 " +
         "nvmlDev 0 busId 1b000 commId " + id + " - Init COMPLETE\n";
}

inline nccl::TransportSeen seen_in(const std::string& text, const std::string& algorithm = "RING") {
  return nccl::transport_seen(nccl::parse_report(text), algorithm);
}

/// Over one connection from rank 0 to rank 1 by that algorithm.
inline nccl::TransportSeen over(const std::string& via, Names before = {}) {
  before.push_back("Channel 00/0 : 0[0] -> 1[1] [send] via " + via);
  return seen_in(written(before));
}

}  // namespace assay::test
