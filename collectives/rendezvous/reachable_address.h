// The address by which the other ranks reach this one.
#pragma once

#include <string>

#include "collectives/rendezvous/client.h"

namespace assay::rendezvous {

/// That of the connection to rank 0, in numbers; every rank must ask. Throws Error on every rank
/// when some reached rank 0 by IPv4 and others by IPv6: those could not reach each other.
std::string reachable_address(Client& client);

}  // namespace assay::rendezvous
