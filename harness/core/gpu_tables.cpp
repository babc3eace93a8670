// The tables. A row without a source does not belong here.
#include "harness/core/gpu_tables.h"

#include <fmt/format.h>

#include "harness/core/digest.h"

namespace assay {

namespace {

// Each figure is the published dense rate divided by multiprocessors and boost clock; the test
// multiplies back and compares with the published TFLOP/s.
constexpr CapabilityRates kCapabilities[] = {
    {8, 0, 128, 1024, 2048, 0, 4096, false, "NVIDIA A100 architecture whitepaper, table 1"},
    {8, 6, 256, 512, 1024, 0, 2048, true, "NVIDIA A10 and A40 datasheets, GA102 whitepaper"},
    {8, 9, 256, 512, 1024, 2048, 2048, true, "NVIDIA L4 and L40S datasheets, Ada whitepaper"},
    {9, 0, 256, 2048, 4096, 8192, 8192, false, "NVIDIA H100 architecture whitepaper, tables 2, 3"},
    {10, 0, 256, 4096, 8192, 16384, 16384, false, "NVIDIA HGX B200 datasheet, per GPU, dense"},
    // Its int8 rate is far below that of 10.0 and published in figures that disagree: left out.
    {10, 3, 256, 4096, 8192, 16384, 0, false, "NVIDIA HGX B300 datasheet, per GPU, dense"},
    {12, 0, 256, 512, 1024, 2048, 2048, true, "NVIDIA RTX Blackwell architecture whitepaper"},
};

// Product ids: the PCI ID repository. Clocks and bandwidths: the part's datasheet or whitepaper.
// Hopper publishes two boost clocks, one for tensor work and one for the rest.
constexpr GpuSku kSkus[] = {
    {"10de:20b0", "A100-SXM4-40GB", 1410, 1410, 312, 1555, 1, 1},
    {"10de:20b2", "A100-SXM4-80GB", 1410, 1410, 312, 2039, 1, 1},
    {"10de:20f1", "A100-PCIE-40GB", 1410, 1410, 312, 1555, 1, 1},
    {"10de:20b5", "A100-PCIE-80GB", 1410, 1410, 312, 1935, 1, 1},
    {"10de:20b7", "A30", 1440, 1440, 165, 933, 1, 1},
    {"10de:2235", "A40", 1740, 1740, 149.7, 696, 1, 1},
    {"10de:2236", "A10", 1695, 1695, 125, 600, 1, 1},
    {"10de:26b5", "L40", 2490, 2490, 181.05, 864, 0.5, 0.5},
    {"10de:26b9", "L40S", 2490, 2520, 362.05, 864, 1, 1},
    {"10de:27b8", "L4", 2040, 2040, 121, 300, 1, 1},
    {"10de:2684", "RTX-4090", 2520, 2520, 165.2, 1008, 0.5, 1},
    {"10de:2330", "H100-SXM5-80GB", 1830, 1980, 989.4, 3352, 1, 1},
    {"10de:2331", "H100-PCIE-80GB", 1620, 1755, 756, 0, 1, 1},
    {"10de:2335", "H200-SXM-141GB", 1830, 1980, 989.4, 4800, 1, 1},
    {"10de:2901", "B200-SXM-180GB", 0, 0, 2250, 7700, 1, 1},
    {"10de:2941", "GB200-186GB", 0, 0, 2500, 8000, 1, 1},
    {"10de:3182", "B300-SXM-288GB", 0, 0, 2250, 8000, 1, 1},
    {"10de:2b85", "RTX-5090", 2407, 2407, 209.5, 1792, 0.5, 1},
    {"10de:2bb5", "RTX-PRO-6000-Server", 0, 0, 0, 0, 1, 1},
};

/// To a Grace CPU, one direction.
struct ChipLink {
  std::string_view pci_id;
  double bytes_per_s;
};

// NVIDIA GB200 NVL72 datasheet: 900 GB/s both ways, which a CPU's two GPUs share. 201 GB/s from the
// CPU to one of them were measured (Azure AI benchmarking guide).
constexpr ChipLink kC2c[] = {{"10de:2941", 225e9}};

}  // namespace

const CapabilityRates* find_capability(int major, int minor) {
  for (const CapabilityRates& row : kCapabilities) {
    if (row.major == major && row.minor == minor) return &row;
  }
  return nullptr;
}

const GpuSku* find_gpu_sku(std::string_view pci_id) {
  for (const GpuSku& row : kSkus) {
    if (pci_id == row.pci_id) return &row;
  }
  return nullptr;
}

std::span<const GpuSku> gpu_sku_table() { return kSkus; }

std::map<std::string, double> multiprocessor_rates(const CapabilityRates& row, const GpuSku* sku) {
  std::map<std::string, double> rates = {{"f32", row.f32}};
  if (row.tensor_rate_depends_on_sku && sku == nullptr) return rates;
  const double scale = sku ? sku->tensor_scale : 1;
  const auto set = [&](const char* dtype, double rate) {
    if (rate > 0) rates[dtype] = rate;
  };
  set("tf32", row.tf32 * scale);
  set("f16", row.f16_bf16 * scale);
  set("bf16", row.f16_bf16 * scale);
  set("fp8_e4m3", row.fp8 * scale);
  set("fp8_e5m2", row.fp8 * scale);
  set("int8", row.int8 * (sku ? sku->int8_scale : 1));
  return rates;
}

const std::string& gpu_tables_version() {
  static const std::string version = [] {
    std::string rows;
    for (const CapabilityRates& row : kCapabilities) {
      rows += fmt::format("{}.{} {} {} {} {} {} {}\n", row.major, row.minor, row.f32, row.tf32,
                          row.f16_bf16, row.fp8, row.int8, row.tensor_rate_depends_on_sku);
      rows += fmt::format("{}\n", nvlink_bytes_per_s(row.major, row.minor));
    }
    for (const GpuSku& row : kSkus)
      rows += fmt::format("{} {} {} {} {} {} {} {}\n", row.pci_id, row.name, row.tensor_clock_mhz,
                          row.vector_clock_mhz, row.bf16_tflop_per_s, row.memory_gb_per_s,
                          row.tensor_scale, row.int8_scale);
    for (int generation = 1; pcie_lane_bytes_per_s(generation) > 0; ++generation)
      rows += fmt::format("{}\n", pcie_lane_bytes_per_s(generation));
    for (const ChipLink& row : kC2c) rows += fmt::format("{} {}\n", row.pci_id, row.bytes_per_s);
    return "gpu-" + sha256_hex(rows).substr(0, 12);
  }();
  return version;
}

double c2c_bytes_per_s(std::string_view pci_id) {
  for (const ChipLink& row : kC2c) {
    if (pci_id == row.pci_id) return row.bytes_per_s;
  }
  return 0;
}

double pcie_lane_bytes_per_s(int generation) {
  switch (generation) {
    case 1:
      return 2.5e9 / 8 * 8 / 10;
    case 2:
      return 5e9 / 8 * 8 / 10;
    case 3:
      return 8e9 / 8 * 128 / 130;
    case 4:
      return 16e9 / 8 * 128 / 130;
    case 5:
      return 32e9 / 8 * 128 / 130;
    case 6:
      return 64e9 / 8 * 242 / 256;  // a flit of 256 bytes carries 242
    default:
      return 0;
  }
}

double nvlink_bytes_per_s(int major, int minor) {
  // A link and direction: NVLink 3 and 4 25 GB/s, NVLink 5 50 GB/s (the parts' whitepapers).
  if ((major == 8 && minor == 0) || major == 9) return 25e9;
  if (major == 10) return 50e9;
  return 0;
}

}  // namespace assay
