// Nodes and devices to JSON and back; an absent optional is an absent field.
#include "harness/core/node_json.h"

#include "harness/core/json_value.h"

namespace assay {

namespace {

Json to_json(const SpeedOfLight& speed) {
  Json json = Json::object();
  if (!speed.flop_per_s.empty()) json["flop_per_s"] = speed.flop_per_s;
  if (!speed.flop_per_s_measured.empty()) json["flop_per_s_measured"] = speed.flop_per_s_measured;
  put(json, "clock_hz", speed.clock_hz);
  put(json, "clock_measured_hz", speed.clock_measured_hz);
  if (!speed.clock_source.empty()) json["clock_source"] = speed.clock_source;
  put(json, "memory_bytes_per_s", speed.memory_bytes_per_s);
  put(json, "pcie_bytes_per_s", speed.pcie_bytes_per_s);
  put(json, "nvlink_bytes_per_s", speed.nvlink_bytes_per_s);
  if (!speed.source.empty()) json["source"] = speed.source;
  return json;
}

SpeedOfLight speed_from_json(const Json& json) {
  SpeedOfLight speed;
  take(json, "flop_per_s", speed.flop_per_s);
  take(json, "flop_per_s_measured", speed.flop_per_s_measured);
  take(json, "clock_hz", speed.clock_hz);
  take(json, "clock_measured_hz", speed.clock_measured_hz);
  take(json, "clock_source", speed.clock_source);
  take(json, "memory_bytes_per_s", speed.memory_bytes_per_s);
  take(json, "pcie_bytes_per_s", speed.pcie_bytes_per_s);
  take(json, "nvlink_bytes_per_s", speed.nvlink_bytes_per_s);
  take(json, "source", speed.source);
  return speed;
}

Json to_json(const EccState& ecc) {
  Json json = Json::object();
  put(json, "enabled", ecc.enabled);
  put(json, "remap_pending", ecc.remap_pending);
  put(json, "remap_failed", ecc.remap_failed);
  put(json, "remapped_rows", ecc.remapped_rows);
  put(json, "uncorrected_volatile", ecc.uncorrected_volatile);
  put(json, "corrected_volatile", ecc.corrected_volatile);
  return json;
}

EccState ecc_from_json(const Json& json) {
  EccState ecc;
  take(json, "enabled", ecc.enabled);
  take(json, "remap_pending", ecc.remap_pending);
  take(json, "remap_failed", ecc.remap_failed);
  take(json, "remapped_rows", ecc.remapped_rows);
  take(json, "uncorrected_volatile", ecc.uncorrected_volatile);
  take(json, "corrected_volatile", ecc.corrected_volatile);
  return ecc;
}

Json to_json(const PcieLink& pcie) {
  Json json = Json::object();
  put(json, "generation", pcie.generation);
  put(json, "generation_max", pcie.generation_max);
  put(json, "width", pcie.width);
  put(json, "width_max", pcie.width_max);
  put(json, "replays", pcie.replays);
  return json;
}

PcieLink pcie_from_json(const Json& json) {
  PcieLink pcie;
  take(json, "generation", pcie.generation);
  take(json, "generation_max", pcie.generation_max);
  take(json, "width", pcie.width);
  take(json, "width_max", pcie.width_max);
  take(json, "replays", pcie.replays);
  return pcie;
}

Json to_json(const NvlinkState& nvlink) {
  Json json = Json::object();
  put(json, "count", nvlink.count);
  put(json, "active", nvlink.active);
  put(json, "errors", nvlink.errors);
  put(json, "replays", nvlink.replays);
  return json;
}

NvlinkState nvlink_from_json(const Json& json) {
  NvlinkState nvlink;
  take(json, "count", nvlink.count);
  take(json, "active", nvlink.active);
  take(json, "errors", nvlink.errors);
  take(json, "replays", nvlink.replays);
  return nvlink;
}

Json to_json(const DeviceFacts& device) {
  Json json = {{"index", device.index}, {"name", device.name}, {"uuid", device.uuid}};
  put(json, "serial", device.serial);
  put(json, "board_part_number", device.board_part_number);
  put(json, "vbios", device.vbios);
  put(json, "pci_bus_id", device.pci_bus_id);
  put(json, "pci_id", device.pci_id);
  put(json, "sku", device.sku);
  put(json, "compute_capability", device.compute_capability);
  put(json, "compute_mode", device.compute_mode);
  put(json, "mig", device.mig);
  if (device.ecc) json["ecc"] = to_json(*device.ecc);
  put(json, "power_limit_w", device.power_limit_w);
  put(json, "power_limit_default_w", device.power_limit_default_w);
  put(json, "clock_max_hz", device.clock_max_hz);
  put(json, "clock_limit_hz", device.clock_limit_hz);
  put(json, "memory_bytes", device.memory_bytes);
  put(json, "l2_bytes", device.l2_bytes);
  put(json, "multiprocessors", device.multiprocessors);
  if (device.pcie) json["pcie"] = to_json(*device.pcie);
  if (device.nvlink) json["nvlink"] = to_json(*device.nvlink);
  put(json, "nvlink_count", device.nvlink_count);
  json["other_processes"] = Json::array();
  for (const OtherProcess& process : device.other_processes) {
    json["other_processes"].push_back({{"pid", process.pid}, {"name", process.name}});
  }
  json["xids"] = device.xids;
  json["speed_of_light"] = to_json(device.speed_of_light);
  return json;
}

DeviceFacts device_from_json(const Json& json) {
  DeviceFacts device;
  json.at("index").get_to(device.index);
  json.at("name").get_to(device.name);
  json.at("uuid").get_to(device.uuid);
  take(json, "serial", device.serial);
  take(json, "board_part_number", device.board_part_number);
  take(json, "vbios", device.vbios);
  take(json, "pci_bus_id", device.pci_bus_id);
  take(json, "pci_id", device.pci_id);
  take(json, "sku", device.sku);
  take(json, "compute_capability", device.compute_capability);
  take(json, "compute_mode", device.compute_mode);
  take(json, "mig", device.mig);
  if (json.contains("ecc")) device.ecc = ecc_from_json(json["ecc"]);
  take(json, "power_limit_w", device.power_limit_w);
  take(json, "power_limit_default_w", device.power_limit_default_w);
  take(json, "clock_max_hz", device.clock_max_hz);
  take(json, "clock_limit_hz", device.clock_limit_hz);
  take(json, "memory_bytes", device.memory_bytes);
  take(json, "l2_bytes", device.l2_bytes);
  take(json, "multiprocessors", device.multiprocessors);
  if (json.contains("pcie")) device.pcie = pcie_from_json(json["pcie"]);
  if (json.contains("nvlink")) device.nvlink = nvlink_from_json(json["nvlink"]);
  take(json, "nvlink_count", device.nvlink_count);
  for (const Json& process : json.at("other_processes")) {
    device.other_processes.push_back(
        {process.at("pid").get<std::int64_t>(), process.at("name").get<std::string>()});
  }
  take(json, "xids", device.xids);
  device.speed_of_light = speed_from_json(json.at("speed_of_light"));
  return device;
}

}  // namespace

Json to_json(const NodeFacts& node) {
  Json json = {{"name", node.name}, {"labels", Json(node.labels)}};
  if (node.labels.empty()) json["labels"] = Json::object();
  if (node.kubernetes) {
    json["kubernetes"] = {{"namespace", node.kubernetes->kube_namespace},
                          {"pod", node.kubernetes->pod},
                          {"image_digest", node.kubernetes->image_digest},
                          {"claim", node.kubernetes->claim},
                          {"allocated", node.kubernetes->allocated}};
  }
  json["nics"] = node.nics;
  json["topology"] = node.topology;
  json["devices"] = Json::array();
  for (const DeviceFacts& device : node.devices) json["devices"].push_back(to_json(device));
  return json;
}

NodeFacts node_from_json(const Json& json) {
  NodeFacts node;
  json.at("name").get_to(node.name);
  take(json, "labels", node.labels);
  if (const auto found = json.find("kubernetes"); found != json.end()) {
    KubernetesFacts facts;
    take(*found, "namespace", facts.kube_namespace);
    take(*found, "pod", facts.pod);
    take(*found, "image_digest", facts.image_digest);
    take(*found, "claim", facts.claim);
    take(*found, "allocated", facts.allocated);
    node.kubernetes = facts;
  }
  take(json, "nics", node.nics);
  take(json, "topology", node.topology);
  for (const Json& device : json.at("devices")) node.devices.push_back(device_from_json(device));
  return node;
}

}  // namespace assay
