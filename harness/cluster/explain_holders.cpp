// Who has devices that others wait for: what a claim is reserved for, else the claim itself.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "harness/cluster/explain.h"

namespace assay::cluster {

namespace {

constexpr std::size_t kMostHolders = 3;

bool has_any(const Claim& claim, const std::set<std::string>& devices) {
  return std::any_of(claim.allocated.begin(), claim.allocated.end(), [&](const Device& device) {
    return !device.for_admin && devices.contains(device.id());
  });
}

}  // namespace

std::string holders_of(const std::vector<const Device*>& devices,
                       const std::vector<Claim>& claims) {
  std::set<std::string> ids;
  for (const Device* device : devices) ids.insert(device->id());
  std::vector<std::string> holders;
  const auto add = [&](std::string holder) {
    if (std::find(holders.begin(), holders.end(), holder) == holders.end())
      holders.push_back(std::move(holder));
  };
  for (const Claim& claim : claims) {
    if (claim.name.empty() || !has_any(claim, ids)) continue;
    const std::string of = claim.name_space.empty() ? "" : " of namespace " + claim.name_space;
    for (const Consumer& one : claim.reserved_for) add(one.text() + of);
    if (claim.reserved_for.empty())
      add(fmt::format("claim {}{}, which nobody uses", claim.name, of));
  }
  if (holders.empty()) return "";
  const std::size_t named = std::min(holders.size(), kMostHolders), rest = holders.size() - named;
  holders.resize(named);
  return fmt::format(" (allocated to {}{})", fmt::join(holders, ", "),
                     rest == 0 ? "" : fmt::format(" and {} more", rest));
}

}  // namespace assay::cluster
