// Published figures of NVIDIA GPUs: FLOP per clock by compute capability, clocks and memory by SKU.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace assay {

/// Dense FLOP per clock of one multiprocessor, f32 accumulation; 0: the part has no such rate.
/// int8 is in operations.
struct CapabilityRates {
  int major, minor;
  double f32, tf32, f16_bf16, fp8, int8;
  /// Products of one capability differ in tensor rate (a consumer part runs f32-accumulating
  /// products at half): then the tensor columns hold only for SKUs in the table.
  bool tensor_rate_depends_on_sku;
  const char* source;
};

/// Null for a capability that is not in the table: unknown, never a guess.
const CapabilityRates* find_capability(int major, int minor);

struct GpuSku {
  const char* pci_id;  // vendor:device, lower case
  const char* name;
  double tensor_clock_mhz;  // published boost for tensor work; 0: not published
  double vector_clock_mhz;  // published boost for everything else; 0: not published
  double bf16_tflop_per_s;  // published, dense; implies the clock if none is; 0: none
  double memory_gb_per_s;   // published; 0: use the device's attributes
  double tensor_scale;      // of f16, bf16, tf32, fp8 against the capability's row
  double int8_scale;
};

const GpuSku* find_gpu_sku(std::string_view pci_id);
std::span<const GpuSku> gpu_sku_table();

/// Dense FLOP per clock of one multiprocessor, by dtype, of a product (null: of one that is not in
/// the table); what is not known is left out.
std::map<std::string, double> multiprocessor_rates(const CapabilityRates& row, const GpuSku* sku);

/// Names these tables in a document: another figure in any row gives another version.
const std::string& gpu_tables_version();

/// One direction of one lane, after the line code; 0 for a generation that is not known.
double pcie_lane_bytes_per_s(int generation);
/// One direction between a part and the CPU that NVLink-C2C joins it to; 0: PCIe does.
double c2c_bytes_per_s(std::string_view pci_id);
/// One direction of one NVLink of a part of this capability; 0 when not known.
double nvlink_bytes_per_s(int major, int minor);

}  // namespace assay
