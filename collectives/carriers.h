// What carried an operation on every rank: one process knows the connections of its own ranks
// alone.
#pragma once

#include <string>
#include <vector>

#include "collectives/communicator.h"
#include "harness/core/result.h"

namespace assay {

/// Every rank's carrier in rank order, the same on all.
std::vector<Carrier> carriers_of_all(Communicator& communicator, const Carrier& mine);

/// What all of them are together: every kind (`ib_gdr+tcp`, or `unknown` where any is not known)
/// and every NIC, each once and sorted; algorithm, protocol and channels of the first that tells
/// them.
Carrier joined(const std::vector<Carrier>& carriers);

/// As the document has it, with the kind of each of `members` where they differ; `members` are as
/// many as `carriers`.
Transport transport_of(const std::vector<Carrier>& carriers,
                       const std::vector<std::string>& members);

}  // namespace assay
