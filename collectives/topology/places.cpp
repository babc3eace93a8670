// Places from the nodes' facts, racks from labels or a file.
#include "collectives/topology/places.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>

#include "harness/core/error.h"
#include "harness/core/gpu_speed_of_light.h"
#include "harness/core/switch_gain.h"

namespace assay {

namespace {

/// The device's entry in `topology.gpus`; null where the node's topology does not have it.
const Json* gpu_entry(const NodeFacts& node, const DeviceFacts& device) {
  const auto gpus = node.topology.find("gpus");
  if (gpus == node.topology.end() || !gpus->is_array()) return nullptr;
  for (const Json& gpu : *gpus) {
    if (gpu.is_object() && gpu.value("uuid", "") == device.uuid) return &gpu;
  }
  return nullptr;
}

double node_nic_bytes_per_s(const NodeFacts& node) {
  double rdma = 0, ethernet = 0;
  for (const Json& nic : node.nics) {
    if (!nic.is_object() || !nic.value("up", false)) continue;
    const double rate = nic.value("bytes_per_s", 0.0);
    if (nic.value("rdma", false)) {
      rdma += rate;
    } else {
      ethernet = std::max(ethernet, rate);
    }
  }
  return rdma > 0 ? rdma : ethernet;
}

/// What the links that are up carry: a bridge connects some of those that a card has.
double nvlink_bytes_per_s(const DeviceFacts& device) {
  const double all = device.speed_of_light.nvlink_bytes_per_s.value_or(0);
  if (!device.nvlink || !device.nvlink->active || device.nvlink->count.value_or(0) == 0) return all;
  return all * *device.nvlink->active / *device.nvlink->count;
}

RankPlace place_of(const NodeFacts& node, const DeviceFacts& device) {
  RankPlace place;
  place.device = device.uuid;
  place.node = node.name;
  place.nvlink_bytes_per_s = nvlink_bytes_per_s(device);
  place.pcie_bytes_per_s = device.speed_of_light.pcie_bytes_per_s.value_or(0);
  const bool has_no_switch =
      device.nvlink && device.nvlink->to_switch == false;  // a bridge or mesh
  place.has_adding_switches = part_of(device).major >= kAddingSwitchesMajor && !has_no_switch;
  if (const Json* gpu = gpu_entry(node, device)) {
    place.nvlink_domain = gpu->value("nvlink_domain", "");
    if (gpu->contains("pcie_root")) place.pcie_root = node.name + "/" + gpu->value("pcie_root", "");
    if (gpu->contains("numa_node"))
      place.numa_node = fmt::format("{}/numa{}", node.name, gpu->value("numa_node", 0));
  }
  return place;
}

}  // namespace

std::vector<RankPlace> rank_places(const std::vector<NodeFacts>& nodes, const RackOfNode& racks) {
  std::vector<RankPlace> places;
  for (const NodeFacts& node : nodes) {
    const double nic = node_nic_bytes_per_s(node);
    const auto rack = racks.find(node.name);
    for (const DeviceFacts& device : node.devices) {
      RankPlace place = place_of(node, device);
      place.rank = static_cast<int>(places.size());
      place.node_nic_bytes_per_s = nic;
      if (rack != racks.end()) place.rack = rack->second;
      places.push_back(std::move(place));
    }
  }
  return places;
}

RackOfNode racks_from_labels(const std::vector<NodeFacts>& nodes,
                             const std::vector<std::string>& keys) {
  RackOfNode racks;
  for (const NodeFacts& node : nodes) {
    for (const std::string& key : keys) {
      const auto label = node.labels.find(key);
      if (label == node.labels.end()) continue;
      racks[node.name] = label->second;
      break;
    }
  }
  return racks;
}

RackOfNode racks_from_text(const std::string& text, const std::string& where) {
  RackOfNode racks;
  std::istringstream lines(text);
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    std::istringstream words(line.substr(0, line.find('#')));
    std::string rack, node;
    if (!(words >> rack)) continue;
    bool any = false;
    for (; words >> node; any = true) {
      if (!racks.emplace(node, rack).second)
        throw Error(fmt::format("{} line {}: node {} is in a rack already", where, number, node));
    }
    if (!any)
      throw Error(fmt::format("{} line {}: rack {} has no nodes; a line is a rack and its nodes",
                              where, number, rack));
  }
  if (racks.empty()) throw Error(where + " names no rack; a line is a rack and its nodes");
  return racks;
}

RackOfNode racks_from_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error("the topology file " + path.string() + " cannot be read");
  return racks_from_text({std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()},
                         path.string());
}

}  // namespace assay
