// Device properties and attributes, and the PCI id from sysfs.
#include "harness/measure/cuda/cuda_facts.h"

#include <cuda_runtime_api.h>
#include <fmt/format.h>

#include <fstream>

#include "harness/measure/cuda/check.h"

namespace assay {

namespace {

std::optional<int> attribute(int ordinal, cudaDeviceAttr which) {
  int value = 0;
  if (cudaDeviceGetAttribute(&value, which, ordinal) != cudaSuccess) return std::nullopt;
  return value;
}

/// `GPU-` and 16 bytes in groups of 4-2-2-2-6, as NVML and the device plugin write it.
std::string uuid_text(const cudaUUID_t& uuid) {
  std::string text = "GPU";
  for (int i = 0; i < 16; ++i) {
    if (i == 0 || i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += fmt::format("{:02x}", static_cast<unsigned char>(uuid.bytes[i]));
  }
  return text;
}

/// `0x10de` and `0x2330` as sysfs writes them, to `10de:2330`.
std::optional<std::string> pci_id_of(const std::string& bus_id) {
  const std::string folder = "/sys/bus/pci/devices/" + bus_id + "/";
  std::string vendor, device;
  std::ifstream(folder + "vendor") >> vendor;
  std::ifstream(folder + "device") >> device;
  if (vendor.size() != 6 || device.size() != 6) return std::nullopt;
  return vendor.substr(2) + ":" + device.substr(2);
}

std::optional<std::string> compute_mode(int ordinal) {
  switch (attribute(ordinal, cudaDevAttrComputeMode).value_or(-1)) {
    case cudaComputeModeDefault:
      return "default";
    case cudaComputeModeProhibited:
      return "prohibited";
    case cudaComputeModeExclusiveProcess:
      return "exclusive_process";
    default:
      return std::nullopt;
  }
}

}  // namespace

DeviceFacts cuda_facts(int ordinal) {
  cudaDeviceProp properties{};
  check(cudaGetDeviceProperties(&properties, ordinal), "reading a GPU's properties");
  DeviceFacts facts;
  facts.index = ordinal;
  facts.name = properties.name;
  facts.uuid = uuid_text(properties.uuid);
  facts.pci_bus_id = fmt::format("{:04x}:{:02x}:{:02x}.0", properties.pciDomainID,
                                 properties.pciBusID, properties.pciDeviceID);
  facts.pci_id = pci_id_of(*facts.pci_bus_id);
  facts.compute_capability = fmt::format("{}.{}", properties.major, properties.minor);
  facts.compute_mode = compute_mode(ordinal);
  facts.memory_bytes = static_cast<std::int64_t>(properties.totalGlobalMem);
  if (properties.l2CacheSize > 0) facts.l2_bytes = properties.l2CacheSize;
  facts.multiprocessors = properties.multiProcessorCount;
  if (const auto khz = attribute(ordinal, cudaDevAttrClockRate); khz && *khz > 0) {
    facts.clock_max_hz = *khz * 1e3;
  }
  return facts;
}

GpuPart gpu_part(int ordinal, const DeviceFacts& facts) {
  GpuPart part = part_of(facts);
  if (const auto khz = attribute(ordinal, cudaDevAttrMemoryClockRate); khz && *khz > 0) {
    part.memory_clock_hz = *khz * 1e3;
  }
  part.memory_bus_bits = attribute(ordinal, cudaDevAttrGlobalMemoryBusWidth).value_or(0);
  return part;
}

}  // namespace assay
