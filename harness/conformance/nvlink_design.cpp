// The parts' designs, from their datasheets and the bridges that they take.
#include "harness/conformance/nvlink_design.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

namespace assay {

namespace {

struct PartName {
  std::string_view words;  // in the driver's name of the part
  NvlinkDesign design;
};

constexpr NvlinkDesign kFull = {NvlinkBoard::full, 0}, kMesh = {NvlinkBoard::mesh, 0};
constexpr NvlinkDesign bridged(int links) { return {NvlinkBoard::bridged, links}; }

// The first that matches counts: `H100 NVL` stands before `H100`. Links: the datasheet's bandwidth
// of NVLink, both directions, by 50 GB/s a link (100 of NVLink 5), or by 28 GB/s of GA102's.
constexpr PartName kParts[] = {
    {"GH200", {}},               // on a board of its own its links end nowhere
    {"H100 NVL", bridged(12)},   // 600 GB/s
    {"H200 NVL", bridged(18)},   // 900 GB/s
    {"H100 PCIe", bridged(12)},  // 600 GB/s
    {"H800 PCIe", bridged(8)},   // 400 GB/s
    {"A800 80GB PCIe", bridged(8)},
    {"A800 40GB Active", bridged(8)},
    {"A100-PCIE", bridged(12)},  // 600 GB/s
    {"A100 PCIe", bridged(12)},
    {"A100 80GB PCIe", bridged(12)},
    {"A30", bridged(4)},  // 200 GB/s
    {"A40", bridged(4)},  // 112.5 GB/s
    {"RTX A6000", bridged(4)},
    {"RTX A5500", bridged(4)},
    {"RTX A5000", bridged(4)},
    {"RTX A4500", bridged(4)},
    {"SXM2", kMesh},  // P100, V100
    {"DGXS", kMesh},  // V100 of a DGX Station
    {"SXM", kFull},   // V100-SXM3, A100-SXM4, A800-SXM4, B300 SXM6
    {" HBM", kFull},  // H100 80GB HBM3, H100 64GB HBM2: only SXM boards are named by their memory
    {"H800", kFull},
    {"H200", kFull},
    {"H20", kFull},
    {"B100", kFull},
    {"B200", kFull},  // and GB200
    {"B300", kFull},  // and GB300
};

/// Boards with NVSwitch by product id, for a name that says nothing.
struct SwitchedProduct {
  std::string_view pci_id;
  int links;
};
constexpr SwitchedProduct kSwitched[] = {
    {"10de:20b0", 12}, {"10de:20b2", 12}, {"10de:20bd", 8},  {"10de:20f3", 8},  {"10de:2324", 8},
    {"10de:2329", 18}, {"10de:2330", 18}, {"10de:2335", 18}, {"10de:2901", 18}, {"10de:3182", 18},
};

bool is_switched_product(const DeviceFacts& device, int links) {
  return std::any_of(std::begin(kSwitched), std::end(kSwitched), [&](const SwitchedProduct& one) {
    return device.pci_id == std::string(one.pci_id) && links == one.links;
  });
}

int slots_of(const DeviceFacts& device) {
  return device.nvlink ? device.nvlink->count.value_or(0) : 0;
}
int active_of(const DeviceFacts& device) {
  return device.nvlink ? device.nvlink->active.value_or(0) : 0;
}

/// What a part of unknown design has: as much as its best peer. Bridges connect an even number of
/// links, so that an odd number is of a part that had more.
int expected_of_unknown(const DeviceFacts& device, int slots, int best) {
  if (best == 0) return is_switched_product(device, slots) ? slots : 0;
  return best % 2 == 0 ? best : slots;
}

/// Where the whole board is there, every link ends at a device of the node. Of a part of it (a
/// cloud hands out one device, or four of eight) some do, not as many for each; none is no such
/// part.
int expected_in_mesh(std::size_t devices, int slots, int active, int best) {
  constexpr std::size_t kWholeBoard = 8;
  if (devices < 2) return active;
  if (devices >= kWholeBoard || best == slots || best == 0) return slots;
  return active == 0 ? best : active;
}

std::size_t of_same_name(const NodeFacts& node, const std::string& name) {
  return static_cast<std::size_t>(
      std::count_if(node.devices.begin(), node.devices.end(),
                    [&](const DeviceFacts& other) { return other.name == name; }));
}

}  // namespace

NvlinkDesign nvlink_design(const DeviceFacts& device) {
  for (const PartName& part : kParts) {
    if (device.name.find(part.words) != std::string::npos) return part.design;
  }
  if (device.nvlink && device.nvlink->to_switch.value_or(false)) return kFull;
  return {};
}

NvlinkPeers::NvlinkPeers(const std::vector<Result>& results) {
  for (const Result& result : results) {
    for (const NodeFacts& node : result.nodes) {
      for (const DeviceFacts& device : node.devices) {
        Part& part = parts_[key_of(node, device)];
        part.slots = std::max(part.slots, slots_of(device));
        part.best = std::max(part.best, active_of(device));
        if (part.design.board == NvlinkBoard::unknown) part.design = nvlink_design(device);
      }
    }
  }
}

NvlinkPeers::Key NvlinkPeers::key_of(const NodeFacts& node, const DeviceFacts& device) {
  const bool is_mesh = nvlink_design(device).board == NvlinkBoard::mesh;
  return {device.name, is_mesh ? of_same_name(node, device.name) : 0};
}

std::optional<int> NvlinkPeers::expected(const NodeFacts& node, const DeviceFacts& device) const {
  if (!device.nvlink || !device.nvlink->count) return std::nullopt;
  const auto peers = parts_.find(key_of(node, device));
  const Part part = peers == parts_.end() ? Part() : peers->second;
  const int slots = std::max(part.slots, slots_of(device));
  const int best = std::max(part.best, active_of(device));
  NvlinkDesign design = nvlink_design(device);
  if (design.board == NvlinkBoard::unknown) design = part.design;
  switch (design.board) {
    case NvlinkBoard::full:
      return slots;
    case NvlinkBoard::mesh:
      return expected_in_mesh(of_same_name(node, device.name), slots, active_of(device), best);
    case NvlinkBoard::bridged:
      return best == 0 ? 0 : std::max(best, design.bridged_links);
    case NvlinkBoard::unknown:
      return expected_of_unknown(device, slots, best);
  }
  return slots;
}

bool NvlinkPeers::join(const NodeFacts& node) const {
  const auto has_links = [&](const DeviceFacts& device) {
    if (const auto links = expected(node, device)) return *links > 0;
    return !device.nvlink_count || *device.nvlink_count > 0;  // what is not known excludes nothing
  };
  if (!std::all_of(node.devices.begin(), node.devices.end(), has_links)) return false;
  const auto is_full = [](const DeviceFacts& device) {
    return nvlink_design(device).board == NvlinkBoard::full;
  };
  if (std::any_of(node.devices.begin(), node.devices.end(), is_full)) return true;
  // Bridges make pairs or fours of the devices, and a mesh joins not each with each: the topology
  // says which.
  std::set<std::string> domains;
  const auto gpus = node.topology.find("gpus");
  if (gpus == node.topology.end() || !gpus->is_array()) return true;
  for (const Json& gpu : *gpus) {
    const auto domain = gpu.is_object() ? gpu.find("nvlink_domain") : gpu.end();
    domains.insert(domain != gpu.end() && domain->is_string() ? domain->get<std::string>() : "");
  }
  return domains.size() == 1 && !domains.contains("");
}

}  // namespace assay
