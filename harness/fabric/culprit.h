// The slow parts of a fabric, and the common cause of several slow paths.
#pragma once

#include <string>
#include <vector>

namespace assay {

struct Fabric {
  std::vector<int> rack_of;  // by node; all in one rack if unknown
  int rails = 1;             // NICs per node, each measured alone

  int nodes() const { return static_cast<int>(rack_of.size()); }
};

struct Probe {
  int a = 0, b = 0;  // a < b
  int rail = 0;
  bool operator==(const Probe&) const = default;
};

struct PairReading {
  Probe probe;
  double bytes_per_s = 0;
};

struct Culprit {
  enum class Kind { node, nic, link, rack_uplink };
  Kind kind = Kind::node;
  int a = 0;            // node, or rack for an uplink
  int b = -1;           // a link's other end
  int rail = -1;        // of a NIC, or of a link that is slow on this rail only
  double fraction = 0;  // the best confirming reading over the typical one
  double p_value = 0;   // probability of such readings from a sound part; 0.01 is 1 %
  std::vector<PairReading> evidence;
};

/// Readings are compared only within one class: the same rail, and all across or all inside racks.
struct PathClass {
  bool across = false;
  int rail = 0;
  auto operator<=>(const PathClass&) const = default;
};
PathClass path_class_of(const Fabric& fabric, const Probe& probe);

/// A node (b is -1) or a link that stayed slow in one path_class.
struct SlowPath {
  int a = 0, b = -1;
  PathClass path_class;
  double fraction = 0, p_value = 0;
  std::vector<PairReading> evidence;
};

/// Replaces slow paths that have a common cause by that cause. The widest cause comes first.
std::vector<Culprit> causes_of(const Fabric& fabric, std::vector<SlowPath> slow);

/// The name of a rail's NIC, or its number if `nic_names` does not have it.
std::string nic_name(const std::vector<std::string>& nic_names, int rail);

/// `node 3`, `NIC 1 of node 3`, `link between node 2 and node 5`; names from `node_names`
/// and so on, NICs by their number where `nic_names` is empty.
std::string describe(const Culprit& culprit, const std::vector<std::string>& node_names,
                     const std::vector<std::string>& rack_names,
                     const std::vector<std::string>& nic_names);

}  // namespace assay
