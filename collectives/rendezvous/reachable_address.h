// The address by which the other ranks reach this one.
#pragma once

#include <string>

#include "collectives/rendezvous/client.h"

namespace assay::rendezvous {

/// The numeric address of this rank's connection to rank 0. Every rank must call it. Throws Error
/// on every rank when some reached rank 0 by IPv4 and others by IPv6, because those could not reach
/// each other.
std::string reachable_address(Client& client);

}  // namespace assay::rendezvous
