// NVLink's ends by NVML, and the groups that they form.
#include "collectives/topology/nvlink.h"

#include <algorithm>
#include <cstdio>
#include <map>

#include "collectives/topology/pci.h"

namespace assay {

namespace {

using nvml::FabricInfo;

constexpr unsigned kMostNvlinks = 18;

/// Zero: the node is joined to no other by NVLink.
std::string fabric_name(const FabricInfo& info) {
  const auto& uuid = info.cluster_uuid;
  const bool is_zero = std::all_of(uuid, uuid + sizeof uuid, [](int byte) { return byte == 0; });
  if (info.status != nvml::kSuccess || info.state != nvml::kFabricCompleted || is_zero) return "";
  std::string text;
  for (const unsigned char byte : uuid) {
    char hex[3];
    std::snprintf(hex, sizeof hex, "%02x", byte);
    text += hex;
  }
  return text + "." + std::to_string(info.clique);
}

NvlinkEnds ends_of(const Nvml& nvml, const std::string& address) {
  using nvml::Device;
  NvlinkEnds ends;
  ends.address = address;
  Device device = nullptr;
  using GetHandle = int (*)(const char*, Device*);
  if (!nvml.call(GetHandle{}, "nvmlDeviceGetHandleByPciBusId_v2", address.c_str(), &device)) {
    return ends;
  }
  for (unsigned link = 0; link < kMostNvlinks; ++link) {
    using GetState = int (*)(Device, unsigned, unsigned*);
    using GetType = int (*)(Device, unsigned, int*);
    using GetPci = int (*)(Device, unsigned, nvml::PciInfo*);
    unsigned is_active = 0;
    int type = -1;
    nvml::PciInfo remote{};
    if (!nvml.call(GetState{}, "nvmlDeviceGetNvLinkState", device, link, &is_active) ||
        !is_active ||
        !nvml.call(GetType{}, "nvmlDeviceGetNvLinkRemoteDeviceType", device, link, &type)) {
      continue;
    }
    if (type == nvml::kRemoteSwitch) ends.to_switch = true;
    if (type == nvml::kRemoteGpu &&
        nvml.call(GetPci{}, "nvmlDeviceGetNvLinkRemotePciInfo_v2", device, link, &remote)) {
      const std::string peer = pci_address(remote.bus_id);
      if (!peer.empty()) ends.peers.push_back(peer);
    }
  }
  using GetFabric = int (*)(Device, FabricInfo*);
  FabricInfo info{};
  if (nvml.call(GetFabric{}, "nvmlDeviceGetGpuFabricInfo", device, &info)) {
    ends.fabric = fabric_name(info);
  }
  return ends;
}

}  // namespace

std::vector<NvlinkEnds> read_nvlink(const Nvml& nvml, const std::vector<std::string>& addresses) {
  std::vector<NvlinkEnds> gpus;
  for (const std::string& address : addresses) gpus.push_back(ends_of(nvml, address));
  return gpus;
}

std::vector<std::string> nvlink_domains(const std::vector<NvlinkEnds>& gpus,
                                        const std::string& node) {
  std::vector<std::size_t> leader(gpus.size());
  for (std::size_t i = 0; i < gpus.size(); ++i) leader[i] = i;
  const auto join = [&](std::size_t a, std::size_t b) {
    const std::size_t from = std::max(leader[a], leader[b]), to = std::min(leader[a], leader[b]);
    for (std::size_t& each : leader) {
      if (each == from) each = to;
    }
  };
  for (std::size_t i = 0; i < gpus.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const auto& peers = gpus[i].peers;
      const bool is_peer = std::find(peers.begin(), peers.end(), gpus[j].address) != peers.end();
      // The switches of one node are one fabric: each GPU has links to all of them.
      if (is_peer || (gpus[i].to_switch && gpus[j].to_switch)) join(i, j);
    }
  }
  std::map<std::size_t, int> sizes;
  for (const std::size_t each : leader) ++sizes[each];
  std::vector<std::string> domains;
  for (std::size_t i = 0; i < gpus.size(); ++i) {
    if (!gpus[i].fabric.empty()) {
      domains.push_back(gpus[i].fabric);
    } else {
      const bool is_alone = sizes[leader[i]] == 1;
      domains.push_back(is_alone ? "" : node + "/nvlink" + std::to_string(leader[i]));
    }
  }
  return domains;
}

}  // namespace assay
