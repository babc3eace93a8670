// Groups ranks by level, and finds the slowest link that a ring through a group must take.
#include "collectives/topology/scopes.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "harness/core/error.h"

namespace assay {

namespace {

using Places = std::vector<const RankPlace*>;

/// What ranks of one group have in common; empty: not known.
std::string key_at(const RankPlace& place, const std::string& level) {
  if (level == "device") return place.device;
  if (level == "nvlink_domain") return place.nvlink_domain;
  if (level == "pcie_root") return place.pcie_root;
  if (level == "numa_node") return place.numa_node;
  if (level == "node") return place.node;
  if (level == "rack") return place.rack;
  if (level == "cluster") return "cluster";
  throw Error("there is no scope " + level);
}

bool is_inside_a_node(const std::string& level) {
  return level != "rack" && level != "cluster" && level != "node";
}

double least(const Places& places, double RankPlace::*rate) {
  const auto least = std::min_element(
      places.begin(), places.end(),
      [rate](const RankPlace* a, const RankPlace* b) { return a->*rate < b->*rate; });
  return (*least)->*rate;
}

bool share(const Places& places, std::string RankPlace::*what) {
  return !(places.front()->*what).empty() &&
         std::all_of(places.begin(), places.end(),
                     [&](const RankPlace* place) { return place->*what == places.front()->*what; });
}

/// Of ranks that reach each other by NVLink or by PCIe.
ScopeLight near(const Places& places) {
  if (share(places, &RankPlace::nvlink_domain)) {
    const bool add = std::all_of(places.begin(), places.end(),
                                 [](const RankPlace* place) { return place->has_adding_switches; });
    return {least(places, &RankPlace::nvlink_bytes_per_s), "nvlink", add};
  }
  return {least(places, &RankPlace::pcie_bytes_per_s), "pcie", false};
}

}  // namespace

const std::vector<std::string>& scope_levels() {
  static const std::vector<std::string> levels = {
      "device", "nvlink_domain", "pcie_root", "numa_node", "node", "rack", "cluster"};
  return levels;
}

std::vector<ScopeGroup> scope_groups(const std::vector<RankPlace>& places,
                                     const std::string& level) {
  std::vector<ScopeGroup> groups;
  std::map<std::string, std::size_t> index_of;
  for (const RankPlace& place : places) {
    const std::string key = key_at(place, level);
    if (key.empty()) continue;
    const auto [found, is_new] = index_of.emplace(key, groups.size());
    if (is_new) groups.push_back({{level, {}}, {}});
    ScopeGroup& group = groups[found->second];
    group.ranks.push_back(place.rank);
    const std::string& member = is_inside_a_node(level) ? place.device : place.node;
    auto& members = group.scope.members;
    if (std::find(members.begin(), members.end(), member) == members.end()) {
      members.push_back(member);
    }
  }
  std::erase_if(groups, [](const ScopeGroup& group) { return group.ranks.size() < 2; });
  return groups;
}

std::string level_shared_by(const std::vector<const RankPlace*>& places) {
  if (!share(places, &RankPlace::node)) return "cluster";
  for (const std::string& level : scope_levels()) {
    if (level == "device") continue;
    const std::string key = key_at(*places.front(), level);
    if (!key.empty() && std::all_of(places.begin(), places.end(), [&](const RankPlace* place) {
          return key_at(*place, level) == key;
        }))
      return level;
  }
  return "cluster";
}

ScopeGroup whole_group(const std::vector<RankPlace>& places) {
  const bool is_one_node =
      places.size() > 1 && std::all_of(places.begin(), places.end(), [&](const RankPlace& place) {
        return place.node == places.front().node;
      });
  ScopeGroup all{{is_one_node ? "node" : "cluster", {}}, {}};
  for (const RankPlace& place : places) {
    all.ranks.push_back(place.rank);
    if (all.scope.members.empty() || all.scope.members.back() != place.node)
      all.scope.members.push_back(place.node);
  }
  return all;
}

std::vector<std::vector<ScopeGroup>> groups_within(const std::vector<RankPlace>& places) {
  std::set<std::vector<int>> seen = {whole_group(places).ranks};
  std::vector<std::vector<ScopeGroup>> levels;
  for (auto level = scope_levels().rbegin(); level != scope_levels().rend(); ++level) {
    std::vector<ScopeGroup> groups = scope_groups(places, *level);
    std::erase_if(groups,
                  [&](const ScopeGroup& group) { return !seen.insert(group.ranks).second; });
    if (!groups.empty()) levels.push_back(std::move(groups));
  }
  return levels;
}

std::vector<int> sizes_of_groups(const std::vector<RankPlace>& places) {
  std::set<int, std::greater<>> sizes;
  for (const std::vector<ScopeGroup>& level : groups_within(places))
    for (const ScopeGroup& group : level) sizes.insert(static_cast<int>(group.ranks.size()));
  const int all = static_cast<int>(places.size());
  sizes.erase(all);
  std::vector<int> whole_first = {all};
  whole_first.insert(whole_first.end(), sizes.begin(), sizes.end());
  return whole_first;
}

std::optional<ScopeLight> speed_of_light(const ScopeGroup& group,
                                         const std::vector<RankPlace>& places) {
  Places all;
  std::map<std::string, Places> by_node;
  for (const RankPlace& place : places) {
    if (!std::binary_search(group.ranks.begin(), group.ranks.end(), place.rank)) continue;
    all.push_back(&place);
    by_node[place.node].push_back(&place);
  }
  if (all.size() < 2) return std::nullopt;
  ScopeLight light;
  if (by_node.size() == 1 || share(all, &RankPlace::nvlink_domain)) {
    light = near(all);
  } else {
    // A ring crosses each node's border once, with all that it carries, over all of its NICs.
    light = {least(all, &RankPlace::node_nic_bytes_per_s), "nic", false};
    for (const auto& [node, inside] : by_node) {
      if (inside.size() < 2) continue;
      ScopeLight within = near(inside);
      within.has_adding_switches = false;  // what crosses the node's border is not spared
      if (within.bytes_per_s < light.bytes_per_s) light = within;
    }
  }
  if (!(light.bytes_per_s > 0)) return std::nullopt;
  return light;
}

}  // namespace assay
