// Rank 0 checks every rank's address and reports an error to all of them.
#include "collectives/rendezvous/reachable_address.h"

#include <fmt/format.h>

#include "harness/core/error.h"

namespace assay::rendezvous {

namespace {

bool is_v6(const std::string& address) { return address.find(':') != std::string::npos; }

/// Empty when all are of one family.
std::string why_unreachable(const std::vector<std::string>& addresses) {
  for (std::size_t rank = 1; rank < addresses.size(); ++rank) {
    if (is_v6(addresses[rank]) == is_v6(addresses[0])) continue;
    const bool is_first_v6 = is_v6(addresses[0]);
    return fmt::format(
        "rank 0 uses {} ({}) and rank {} uses {} ({}): they cannot reach each other; give every "
        "rank a --rendezvous in numbers of the family that all hosts have",
        is_first_v6 ? "IPv6" : "IPv4", addresses[0], rank, is_first_v6 ? "IPv4" : "IPv6",
        addresses[rank]);
  }
  return "";
}

}  // namespace

std::string reachable_address(Client& client) {
  const std::string own = client.local_address();
  const std::vector<std::string> addresses = client.gather("addresses", own);
  if (client.rank() == 0) client.set("why unreachable", why_unreachable(addresses));
  const std::string complaint = client.get("why unreachable");
  if (!complaint.empty()) throw Error(complaint);
  return own;
}

}  // namespace assay::rendezvous
