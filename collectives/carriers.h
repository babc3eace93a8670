// The transport of an operation on every rank. A process knows only the connections of its own
// ranks.
#pragma once

#include <string>
#include <vector>

#include "collectives/communicator.h"
#include "harness/core/result.h"

namespace assay {

/// Returns every rank's carrier in rank order, the same on all ranks.
std::vector<Carrier> carriers_of_all(Communicator& communicator, const Carrier& mine);

/// Merges carriers: every kind (`ib_gdr+tcp`, or `unknown` if any is not known) and every NIC, each
/// once and sorted, and every warning; algorithm, protocol, channels and what degraded it of the
/// first carrier that has them.
Carrier joined(const std::vector<Carrier>& carriers);

/// The document's `transport`, with the kind of each member where they differ. `members` and
/// `carriers` have the same length.
Transport transport_of(const std::vector<Carrier>& carriers,
                       const std::vector<std::string>& members);

}  // namespace assay
