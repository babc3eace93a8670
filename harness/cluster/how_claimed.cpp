// The claim of an extended resource is made by the scheduler and named in the pod's status; an
// alternative that was taken is in the name of the allocated request, `REQUEST/ALTERNATIVE`.
#include "harness/cluster/how_claimed.h"

#include <fmt/format.h>

#include <map>
#include <set>

#include "harness/core/number_of.h"

namespace assay::cluster {

namespace {

std::string class_of(const std::string& claim_name, const Snapshot& run) {
  for (const Claim& claim : run.claims)
    if (claim.name == claim_name && !claim.requests.empty())
      return claim.requests.front().device_class;
  return "";  // its pod has ended, and the claim is gone
}

void add_extended(const Snapshot& run, std::set<std::string>& lines) {
  std::map<std::string, std::string> classes;  // by resource
  for (const Pod& pod : run.pods)
    for (const auto& [resource, claim] : pod.extended_resources)
      if (std::string& known = classes[resource]; known.empty()) known = class_of(claim, run);
  for (const auto& [resource, device_class] : classes)
    lines.insert(fmt::format("DRA serves the extended resource {}{}", resource,
                             device_class.empty() ? "" : " by DeviceClass " + device_class));
}

void add_alternatives(const Snapshot& run, std::set<std::string>& lines) {
  for (const Claim& claim : run.claims) {
    std::map<std::string, long> devices;
    for (const Device& one : claim.allocated)
      if (one.request.find('/') != std::string::npos) ++devices[one.request];
    for (const auto& [request, number] : devices) {
      const std::size_t slash = request.find('/');
      lines.insert(fmt::format("request {} was met by its alternative {} ({})",
                               request.substr(0, slash), request.substr(slash + 1),
                               number_of(number, "device")));
    }
  }
}

}  // namespace

std::vector<std::string> how_claimed(const Snapshot& run) {
  std::set<std::string> lines;
  add_extended(run, lines);
  add_alternatives(run, lines);
  return {lines.begin(), lines.end()};
}

}  // namespace assay::cluster
