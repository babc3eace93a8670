// Ranks of one run on one machine: who takes the machine's locks, and whose turn it is on a device.
#pragma once

#include <string>
#include <vector>

#include "collectives/rendezvous/client.h"

namespace assay::run {

struct MachineSharing {
  std::vector<std::string> locks;  // that this rank takes for all of the run's on its machine
  int turn = 0;                    // when it measures its devices alone, from 0
  int turns = 1;                   // the same on every rank
};

/// Every rank asks at the same time with the locks that its devices need. Ranks on one machine
/// share the host; throws Error on every rank where two of them have the same GPU.
MachineSharing share_machines(rendezvous::Client& client, const std::vector<std::string>& locks);

/// What rank 0 makes of every rank's place and locks, by rank. Throws Error as above.
std::vector<MachineSharing> machines_shared(const std::vector<std::string>& places,
                                            const std::vector<std::vector<std::string>>& locks);

}  // namespace assay::run
