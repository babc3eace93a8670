// Joins this process's devices to all others of a run: Gloo on the host, NCCL on GPUs.
#pragma once

#include <filesystem>
#include <memory>

#include "collectives/local_ranks.h"
#include "collectives/rendezvous/client.h"
#include "harness/run/machine.h"
#include "harness/run/world.h"

namespace assay::run {

/// `client` is null for a process alone. `silence_s`: how long a call waits for a silent peer.
/// NCCL's report of its transports is written next to `document`, as `*.nccl.txt`. Throws Error
/// with exit code 3 if the library that joins them is missing.
std::unique_ptr<LocalRanks> join_ranks(const World& world, const Devices& devices,
                                       rendezvous::Client* client, double silence_s,
                                       const std::filesystem::path& document);

/// Why the library that joins devices of `backend` cannot be used here, or an empty text.
std::string why_not_joined(Backend backend);

}  // namespace assay::run
