// The facts of a simulated node and its devices.
#include <fmt/format.h>

#include <string_view>

#include "harness/core/gpu_tables.h"
#include "harness/simulate/parts.h"

namespace assay::simulate {

namespace {

constexpr double kMib = 1024.0 * 1024;

EccState sound_memory() {
  EccState ecc;
  ecc.enabled = true;
  ecc.remap_pending = ecc.remap_failed = false;
  ecc.remapped_rows = ecc.uncorrected_volatile = ecc.corrected_volatile = 0;
  return ecc;
}

PcieLink full_link(const GpuModel& gpu) {
  PcieLink link;
  link.generation = link.generation_max = gpu.pcie_generation;
  link.width = link.width_max = 16;
  link.replays = 0;
  link.under_load = true;
  return link;
}

NvlinkState all_links(const GpuModel& gpu) {
  NvlinkState state;
  state.count = state.active = gpu.nvlinks;
  state.errors = state.replays = 0;
  state.to_switch = true;
  if (gpu.major >= 9) state.fabric_state = "completed";
  return state;
}

DeviceFacts still_device(const GpuModel& gpu, int index) {
  const GpuSku* sku = find_gpu_sku(gpu.pci_id);
  DeviceFacts device;
  device.index = index;
  device.name = gpu.product;
  device.board_part_number = "simulated";
  device.vbios = "simulated";
  device.pci_bus_id = fmt::format("0000:{:02x}:00.0", 0x10 + 8 * index);
  device.pci_id = gpu.pci_id;
  device.sku = sku ? sku->name : gpu.name;
  device.compute_capability = fmt::format("{}.{}", gpu.major, gpu.minor);
  device.compute_mode = "default";
  device.mig = "disabled";
  device.ecc = sound_memory();
  device.power_limit_w = device.power_limit_default_w = gpu.power_w;
  device.clock_max_hz = device.clock_limit_hz = gpu.clock_mhz * 1e6;
  device.memory_bytes = static_cast<std::int64_t>(gpu.memory_mib * kMib);
  device.l2_bytes = static_cast<std::int64_t>(gpu.l2_mib * kMib);
  device.multiprocessors = gpu.multiprocessors;
  device.pcie = full_link(gpu);
  device.nvlink = all_links(gpu);
  device.nvlink_count = gpu.nvlinks;
  device.speed_of_light = gpu_speed_of_light(part_of(gpu));
  return device;
}

Json nic_facts(const SimulationModel& model, int index) {
  return {{"name", fmt::format("mlx5_{}", index)},
          {"link_layer", "InfiniBand"},
          {"rdma", true},
          {"up", true},
          {"rate_bytes_per_s", model.gpu->nic_bytes_per_s},
          {"pci_bus_id", fmt::format("0000:{:02x}:00.0", 0x12 + 8 * index)}};
}

}  // namespace

std::string node_name(int node) { return fmt::format("node-{:05}", node); }

NodeFacts still_node(const SimulationModel& model) {
  NodeFacts still;
  still.labels = {{"assay.io/simulated", "true"}};
  still.topology = {{"processor", {{"model", "simulated"}, {"cores", 16 * model.devices}}}};
  for (int index = 0; index < model.devices; ++index) {
    still.nics.push_back(nic_facts(model, index));
    still.devices.push_back(still_device(*model.gpu, index));
  }
  return still;
}

NodeFacts node_facts(const NodeFacts& still, const SimulationModel& model, int node) {
  NodeFacts facts = still;
  facts.name = node_name(node);
  const std::string_view pci_id = model.gpu->pci_id;
  const std::string_view part = pci_id.substr(pci_id.find(':') + 1);
  for (DeviceFacts& device : facts.devices) {
    device.uuid = fmt::format("GPU-51000000-{:04x}-{:04x}-{}-{:012x}", (node >> 16) & 0xffff,
                              node & 0xffff, part, device.index);
    device.serial = fmt::format("S{:08}{:02}", node, device.index);
  }
  for (const Fault& fault : model.faults) {
    if (fault.kind == Fault::Kind::lost)
      std::erase_if(facts.devices,
                    [&](const DeviceFacts& device) { return concerns(fault, node, device.index); });
    if (fault.kind != Fault::Kind::memory_errors) continue;
    for (DeviceFacts& device : facts.devices)
      if (concerns(fault, node, device.index)) device.ecc->uncorrected_volatile = 1;
  }
  return facts;
}

}  // namespace assay::simulate
