// What a node says of its devices: their names and links, and what its topology says of them.
#include <fmt/ranges.h>

#include <cctype>
#include <map>
#include <set>

#include "harness/core/consistency_part.h"
#include "harness/core/gpu_tables.h"

namespace assay::consistency {

namespace {

/// `NVIDIA A100-PCIE-40GB` as its words in capitals.
std::vector<std::string> words_of(std::string_view name) {
  std::vector<std::string> words(1);
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte))
      words.back() += static_cast<char>(std::toupper(byte));
    else if (!words.back().empty())
      words.emplace_back();
  }
  return words;
}

/// NVLinks are held to what a part of that name connects. A name of no model (a sample's) is taken.
void check_model(const DeviceFacts& device, const Part& part) {
  const GpuSku* sku = find_gpu_sku(device.pci_id.value_or(""));
  if (sku == nullptr) return;
  const std::vector<std::string> stated = words_of(device.name), own = words_of(sku->name);
  const auto has = [](const std::vector<std::string>& words, const std::string& word) {
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  const auto is_of = [&](const GpuSku& one) { return has(stated, words_of(one.name).front()); };
  const auto skus = gpu_sku_table();
  const bool is_another = !is_of(*sku) && std::any_of(skus.begin(), skus.end(), is_of);
  const bool is_another_board =
      (has(stated, "NVL") && !has(own, "NVL")) || (has(stated, "PCIE") && !has(own, "PCIE"));
  part.require(!is_another && !is_another_board, "name", device.name, [&] {
    return fmt::format("{} is a {} in the table of GPUs", sku->pci_id, sku->name);
  });
}

void check_nvlink(const DeviceFacts& device, const Part& part) {
  if (!device.nvlink) return;
  const NvlinkState& links = *device.nvlink;
  const auto of = [](const char* what, int count) { return fmt::format("{} is {}", what, count); };
  if (links.count && links.active)
    part.require(*links.active <= *links.count, "nvlink/active", *links.active,
                 [&] { return of("count", *links.count); });
  if (links.count && device.nvlink_count)
    part.require(*links.count == *device.nvlink_count, "nvlink/count", *links.count,
                 [&] { return of("nvlink_count", *device.nvlink_count); });
  if (links.to_switch.value_or(false) && links.active)
    part.require(*links.active > 0, "nvlink/to_switch", "true",
                 [&] { return of("active", *links.active); });
}

/// A link of less than its device's own maximum is a fault; of more there is none.
void check_pcie(const DeviceFacts& device, const Part& part) {
  if (!device.pcie) return;
  const PcieLink& link = *device.pcie;
  if (link.generation && link.generation_max)
    part.require(*link.generation <= *link.generation_max, "pcie/generation", *link.generation,
                 [&] { return fmt::format("generation_max is {}", *link.generation_max); });
  if (link.width && link.width_max)
    part.require(*link.width <= *link.width_max, "pcie/width", *link.width,
                 [&] { return fmt::format("width_max is {}", *link.width_max); });
}

/// `00000000:1B:00.0` as `:1b:00.0`, which `0000:1b:00.0` is too.
std::string pci_address_of(const std::string& text) {
  std::string address = text.substr(std::min(text.find_first_not_of('0'), text.size()));
  std::transform(address.begin(), address.end(), address.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return address;
}

/// An entry of the topology that says where a device of the node is.
void check_place(const Json& place, const DeviceFacts& device, const Part& part) {
  const auto index = place.find("index");
  if (index != place.end() && *index != device.index)
    part.refuse("index", index->dump(), fmt::format("that device's is {}", device.index));
  const auto bus = place.find("pci_bus_id");
  if (bus == place.end() || !bus->is_string() || !device.pci_bus_id) return;
  if (pci_address_of(bus->get<std::string>()) != pci_address_of(*device.pci_bus_id))
    part.refuse("pci_bus_id", bus->dump(), "that device's is " + in_quotes(*device.pci_bus_id));
}

void check_topology(const NodeFacts& node, const Part& part) {
  const auto gpus = node.topology.find("gpus");
  if (gpus == node.topology.end() || !gpus->is_array()) return;
  std::map<std::string, const DeviceFacts*> unnamed;
  for (const DeviceFacts& device : node.devices) unnamed[device.uuid] = &device;
  for (std::size_t i = 0; i < gpus->size(); ++i) {
    const Json& place = (*gpus)[i];
    if (!place.is_object() || !place.contains("uuid") || !place["uuid"].is_string()) continue;
    const Part topology = part.at("topology"), list = topology.at("gpus"), entry = list.at(i);
    const auto uuid = place["uuid"].get<std::string>();
    const auto device = unnamed.find(uuid);
    if (device == unnamed.end())
      entry.refuse("uuid", in_quotes(uuid), "no further device of the node has it");
    check_place(place, *device->second, entry);
    unnamed.erase(device);
  }
}

/// A node of a fabric is one of its nodes by name.
void check_name(const Result& result, const NodeFacts& node, const Part& part) {
  if (!result.fabric) return;
  const std::vector<std::string>& names = result.fabric->nodes;
  part.require(std::find(names.begin(), names.end(), node.name) != names.end(), "name", node.name,
               [&] { return fmt::format("the fabric's nodes are {}", fmt::join(names, ", ")); });
}

}  // namespace

void check_devices(const Result& result) {
  const Place document, nodes{&document, "nodes"};
  std::set<std::string_view> uuids;
  for (std::size_t n = 0; n < result.nodes.size(); ++n) {
    const Place node{&nodes, {}, n}, devices{&node, "devices"};
    std::set<int> indices;
    for (std::size_t d = 0; d < result.nodes[n].devices.size(); ++d) {
      const DeviceFacts& device = result.nodes[n].devices[d];
      const Part part(Place{&devices, {}, d});
      const auto another = [] { return std::string("another device has it"); };
      part.require(uuids.insert(device.uuid).second, "uuid", device.uuid, another);
      part.require(indices.insert(device.index).second, "index", device.index, another);
      check_model(device, part);
      check_pcie(device, part);
      check_nvlink(device, part);
      check_device_light(result, device, part);
    }
    check_name(result, result.nodes[n], Part(node));
    check_topology(result.nodes[n], Part(node));
  }
}

}  // namespace assay::consistency
