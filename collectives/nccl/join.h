// NCCL's interface for code without nccl.h: its presence, an id, a rank's communicator.
#pragma once

#include <memory>
#include <string>

#include "collectives/communicator.h"
#include "collectives/nccl/watch.h"
#include "harness/measure/device.h"

namespace assay {

struct NcclWorld {
  std::string id;  // of make_nccl_id(), the same on every rank
  int rank = 0;
  int size = 1;
  double deadline_s = 60;
};

/// Why NCCL cannot be used here (left out of this build, absent, older than 2.18, without a
/// function that it needs), or an empty text.
std::string why_no_nccl();

/// Rank 0 calls it and sends the id to the others through the rendezvous. Needs NCCL but no GPU.
std::string make_nccl_id();

/// Makes the communicator of the calling thread's rank on `device`, which must outlive it. Throws
/// Error with exit code 3 if there is no NCCL, and LostPeer when a rank does not join within the
/// deadline.
std::unique_ptr<Communicator> join_nccl(const NcclWorld& world, Device& device,
                                        std::shared_ptr<nccl::Watch> watch);

}  // namespace assay
