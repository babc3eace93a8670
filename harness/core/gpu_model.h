// Published figures of whole products, by the names that baselines and simulations give them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "harness/core/gpu_speed_of_light.h"

namespace assay {

/// One accelerator as servers are built with it.
struct GpuModel {
  const char* name;     ///< `h200-sxm`
  const char* product;  ///< As the driver names it.
  const char* pci_id;
  int major, minor, multiprocessors;
  double clock_mhz;  ///< The maximum.
  double memory_mib, l2_mib, power_w;
  int nvlinks, pcie_generation;
  double nic_bytes_per_s;  ///< One direction of the network port that each device has.
  int devices_per_node;
  int nvlink_domain;  ///< Devices that NVLink connects.
  const char* source;
};

std::span<const GpuModel> gpu_models();
/// Null for a name or an id that is not in the table.
const GpuModel* gpu_model_named(std::string_view name);
const GpuModel* gpu_model_of_pci_id(std::string_view pci_id);

/// As if a driver had reported it.
GpuPart part_of(const GpuModel& model);

}  // namespace assay
