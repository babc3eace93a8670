// From slow paths to causes: a rack's uplink, a node, its NICs, a link.
#include "harness/fabric/culprit.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

namespace assay {

namespace {

using Kind = Culprit::Kind;

void add_evidence(Culprit& culprit, const SlowPath& path) {
  culprit.fraction = std::min(culprit.fraction, path.fraction);
  culprit.p_value = std::min(culprit.p_value, path.p_value);
  culprit.evidence.insert(culprit.evidence.end(), path.evidence.begin(), path.evidence.end());
}

/// Takes the slow paths out of a rack out of `slow` where the uplink is their cause.
std::optional<Culprit> take_uplink(const Fabric& fabric, int rack, std::vector<SlowPath>& slow) {
  const auto in_rack = [&](const SlowPath& path) {
    return path.b < 0 && fabric.rack_of[static_cast<std::size_t>(path.a)] == rack;
  };
  std::set<int> inside, across;
  for (const SlowPath& path : slow)
    if (in_rack(path)) (path.path_class.across ? across : inside).insert(path.a);
  const auto members = std::count(fabric.rack_of.begin(), fabric.rack_of.end(), rack);
  const auto sound_inside = members - static_cast<long>(inside.size());
  const auto only_across =
      std::count_if(across.begin(), across.end(), [&](int node) { return !inside.contains(node); });
  // Nearly all: a node that is slow by itself is also slow outside, and one may have been lucky.
  if (only_across < 2 || only_across * 10 < sound_inside * 8) return std::nullopt;
  Culprit uplink{Kind::rack_uplink, rack, -1, -1, 1, 1, {}};
  for (const SlowPath& path : slow)
    if (in_rack(path) && path.path_class.across) add_evidence(uplink, path);
  // A node that is slow by itself is still slow inside.
  std::erase_if(slow,
                [&](const SlowPath& path) { return in_rack(path) && path.path_class.across; });
  return uplink;
}

/// What of one node, or of the link between two, is slow: all of it, or on some NICs alone.
void add_parts(const Fabric& fabric, int a, int b, const std::vector<SlowPath>& slow,
               std::vector<Culprit>& culprits) {
  std::set<int> rails;
  for (const SlowPath& path : slow) {
    if (path.a != a || path.b != b) continue;
    rails.insert(path.path_class.rail);
  }
  const auto add = [&](Kind kind, int rail) {
    Culprit culprit{kind, a, b, rail, 1, 1, {}};
    for (const SlowPath& path : slow)
      if (path.a == a && path.b == b && (rail < 0 || path.path_class.rail == rail))
        add_evidence(culprit, path);
    culprits.push_back(std::move(culprit));
  };
  const Kind whole = b < 0 ? Kind::node : Kind::link;
  if (rails.size() == static_cast<std::size_t>(fabric.rails)) return add(whole, -1);
  for (const int rail : rails) add(b < 0 ? Kind::nic : Kind::link, rail);
}

}  // namespace

PathClass path_class_of(const Fabric& fabric, const Probe& probe) {
  const auto rack = [&](int node) { return fabric.rack_of[static_cast<std::size_t>(node)]; };
  return {rack(probe.a) != rack(probe.b), probe.rail};
}

std::vector<Culprit> causes_of(const Fabric& fabric, std::vector<SlowPath> slow) {
  std::vector<Culprit> culprits;
  for (const int rack : std::set<int>(fabric.rack_of.begin(), fabric.rack_of.end()))
    if (auto uplink = take_uplink(fabric, rack, slow)) culprits.push_back(std::move(*uplink));
  std::set<std::pair<int, int>> where;
  for (const SlowPath& path : slow) where.insert({path.a, path.b});
  for (const auto& [a, b] : where) add_parts(fabric, a, b, slow, culprits);
  const auto width = [](const Culprit& culprit) {
    return culprit.kind == Kind::rack_uplink ? -1 : static_cast<int>(culprit.kind);
  };
  std::stable_sort(culprits.begin(), culprits.end(), [&](const Culprit& one, const Culprit& other) {
    return width(one) < width(other);
  });
  return culprits;
}

std::string nic_name(const std::vector<std::string>& nic_names, int rail) {
  const auto at = static_cast<std::size_t>(rail);
  return at < nic_names.size() ? nic_names[at] : std::to_string(rail);
}

std::string describe(const Culprit& culprit, const std::vector<std::string>& node_names,
                     const std::vector<std::string>& rack_names,
                     const std::vector<std::string>& nic_names) {
  const auto nic = [&](int rail) { return nic_name(nic_names, rail); };
  const auto node = [&](int index) { return node_names[static_cast<std::size_t>(index)]; };
  switch (culprit.kind) {
    case Kind::node:
      return fmt::format("node {}", node(culprit.a));
    case Kind::nic:
      return fmt::format("NIC {} of node {}", nic(culprit.rail), node(culprit.a));
    case Kind::link:
      return fmt::format("link between node {} and node {}", node(culprit.a), node(culprit.b)) +
             (culprit.rail < 0 ? "" : fmt::format(" through NIC {}", nic(culprit.rail)));
    case Kind::rack_uplink:
      return fmt::format("uplink of rack {}", rack_names[static_cast<std::size_t>(culprit.a)]);
  }
  return "";
}

}  // namespace assay
