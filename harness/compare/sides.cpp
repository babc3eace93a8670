// Gathers the measurements of each side by case.
#include "harness/compare/sides.h"

#include <algorithm>

#include "harness/core/content_hash.h"
#include "harness/core/simulation.h"
#include "harness/core/workload.h"

namespace assay::compare {

namespace {

/// A pair that copies alone and disjoint pairs that copy at once are of one name; they are no
/// measurements of one thing.
int devices_at_once(const Measurement& one) {
  if (span_of(one.id.workload) != Span::between_devices) return 0;
  return static_cast<int>(one.scope.members.size());
}

void add(const SideInput& side, ByMembers CaseSides::*which, std::vector<CaseSides>& cases,
         std::map<CaseKey, std::size_t>& places) {
  for (const NamedResult& document : side.documents) {
    for (const Measurement& one : document.result.measurements) {
      const CaseKey key{one.id.str(), one.series, one.scope.level, devices_at_once(one)};
      const auto [place, is_new] = places.emplace(key, cases.size());
      if (is_new) cases.push_back({key, {}, {}});
      (cases[place->second].*which)[one.scope.members].push_back({&document.result, &one});
    }
  }
}

void join(std::map<std::string, std::string>& into, const std::string& key,
          const std::string& value) {
  std::string& joined = into[key];
  if ((", " + joined + ", ").find(", " + value + ", ") != std::string::npos) return;
  joined += (joined.empty() ? "" : ", ") + value;
}

}  // namespace

std::vector<CaseSides> cases_of(const SideInput& a, const SideInput& b) {
  std::vector<CaseSides> cases;
  std::map<CaseKey, std::size_t> places;
  add(a, &CaseSides::a, cases, places);
  add(b, &CaseSides::b, cases, places);
  return cases;
}

Groups groups_of(const ByMembers& by_members) {
  Groups groups;
  for (const auto& [members, found] : by_members) {
    groups.emplace_back();
    for (const Found& one : found) groups.back().push_back(&one);
  }
  return groups;
}

ComparedSide described(const SideInput& side) {
  ComparedSide described;
  described.name = side.name;
  described.price_per_device_hour = side.price_per_device_hour;
  std::set<std::string> nodes, devices;
  Marks marks;
  for (const NamedResult& document : side.documents) {
    const Result& result = document.result;
    described.documents.push_back({document.file, result.run.id, content_sha256(result)});
    marks.add(document.file, result);
    if (is_simulation(result)) described.simulated = true;
    for (const auto& [key, value] : result.software) join(described.software, key, value);
    for (const NodeFacts& node : result.nodes) {
      nodes.insert(node.name);
      for (const DeviceFacts& device : node.devices) {
        if (devices.insert(device.uuid).second) ++described.devices[device.name];
      }
    }
  }
  described.marks = marks.said();
  described.nodes.assign(nodes.begin(), nodes.end());
  return described;
}

std::set<std::string> nodes_of(const Result& result, const Scope& scope) {
  std::set<std::string> nodes;
  for (const std::string& member : scope.members) {
    std::string node = member.substr(0, member.rfind('/'));
    for (const NodeFacts& known : result.nodes) {
      for (const DeviceFacts& device : known.devices) {
        if (device.uuid == member) node = known.name;
      }
    }
    nodes.insert(node);
  }
  return nodes;
}

}  // namespace assay::compare
