// The arithmetic on the tables of published figures.
#include "harness/core/gpu_speed_of_light.h"

#include <fmt/format.h>

#include <cstdio>
#include <map>

#include "harness/core/gpu_tables.h"

namespace assay {

namespace {

/// Dense FLOP per clock of the whole part, by dtype; what is not known is left out.
std::map<std::string, double> flop_per_clock(const GpuPart& part) {
  const CapabilityRates* row = find_capability(part.major, part.minor);
  if (!row) return {};
  std::map<std::string, double> rates = multiprocessor_rates(*row, find_gpu_sku(part.pci_id));
  for (auto& [dtype, rate] : rates) rate *= part.multiprocessors;
  return rates;
}

struct Clocks {
  std::optional<double> tensor_hz, vector_hz;
  const char* source = "";
  std::string note;
};

Clocks published_or_maximum(const GpuPart& part, const std::map<std::string, double>& rates) {
  const GpuSku* sku = find_gpu_sku(part.pci_id);
  if (sku && sku->tensor_clock_mhz > 0) {
    return {sku->tensor_clock_mhz * 1e6, sku->vector_clock_mhz * 1e6, "published_boost",
            fmt::format("{}: boost {:g} MHz for tensor work and {:g} MHz for f32, as published",
                        sku->name, sku->tensor_clock_mhz, sku->vector_clock_mhz)};
  }
  const auto bf16 = rates.find("bf16");
  // A slice has fewer multiprocessors than the published figure stands on.
  if (sku && sku->bf16_tflop_per_s > 0 && bf16 != rates.end() && !part.is_mig) {
    const double tensor_hz = sku->bf16_tflop_per_s * 1e12 / bf16->second;
    return {tensor_hz, part.max_clock_hz ? part.max_clock_hz : tensor_hz, "published_boost",
            fmt::format("{}: tensor clock from the published {:g} TFLOP/s of dense bf16; f32 at "
                        "the maximum clock",
                        sku->name, sku->bf16_tflop_per_s)};
  }
  if (part.max_clock_hz) {
    return {part.max_clock_hz, part.max_clock_hz, "maximum", "at the part's maximum clock"};
  }
  return {};
}

void set_memory(const GpuPart& part, SpeedOfLight& light) {
  if (part.is_mig) {
    light.source += "; memory: unknown for a MIG slice";
    return;
  }
  const GpuSku* sku = find_gpu_sku(part.pci_id);
  if (sku && sku->memory_gb_per_s > 0) {
    light.memory_bytes_per_s = sku->memory_gb_per_s * 1e9;
    light.source += "; memory: published bandwidth";
  } else if (part.memory_clock_hz && part.memory_bus_bits > 0) {
    light.memory_bytes_per_s = *part.memory_clock_hz * 2 * part.memory_bus_bits / 8;
    light.source += "; memory: clock x bus width x 2";
  }
}

}  // namespace

GpuPart part_of(const DeviceFacts& facts) {
  GpuPart part;
  if (facts.compute_capability)
    std::sscanf(facts.compute_capability->c_str(), "%d.%d", &part.major, &part.minor);
  part.multiprocessors = facts.multiprocessors.value_or(0);
  part.pci_id = facts.pci_id.value_or("");
  part.max_clock_hz = facts.clock_max_hz;
  if (facts.pcie) {
    part.pcie_generation_max = facts.pcie->generation_max;
    part.pcie_width_max = facts.pcie->width_max;
  }
  part.nvlink_count = facts.nvlink_count;
  part.is_mig = facts.mig == "enabled";
  return part;
}

SpeedOfLight gpu_speed_of_light(const GpuPart& part) {
  SpeedOfLight light;
  const std::map<std::string, double> rates = flop_per_clock(part);
  const Clocks clocks = published_or_maximum(part, rates);
  if (const CapabilityRates* row = find_capability(part.major, part.minor)) {
    light.source = fmt::format("FLOP per clock: {}", row->source);
    if (row->tensor_rate_depends_on_sku && !find_gpu_sku(part.pci_id)) {
      light.source += "; tensor rates differ by product and this product is not in the table";
    }
    if (!clocks.note.empty()) light.source += "; " + clocks.note;
  } else {
    light.source = fmt::format("FLOP per clock unknown: capability {}.{} is not in the table",
                               part.major, part.minor);
  }
  if (clocks.tensor_hz) {
    light.clock_hz = clocks.tensor_hz;
    light.clock_source = clocks.source;
    for (const auto& [dtype, per_clock] : rates) {
      light.flop_per_s[dtype] =
          per_clock * (dtype == "f32" ? *clocks.vector_hz : *clocks.tensor_hz);
    }
  }
  set_memory(part, light);
  // The way to the host, whatever it is.
  if (const double bytes = c2c_bytes_per_s(part.pci_id); bytes > 0) {
    light.pcie_bytes_per_s = bytes;
  } else if (part.pcie_generation_max && part.pcie_width_max) {
    const double lanes = pcie_lane_bytes_per_s(*part.pcie_generation_max) * *part.pcie_width_max;
    if (lanes > 0) light.pcie_bytes_per_s = lanes;
  }
  if (part.nvlink_count && *part.nvlink_count > 0) {
    const double bytes = nvlink_bytes_per_s(part.major, part.minor) * *part.nvlink_count;
    if (bytes > 0) light.nvlink_bytes_per_s = bytes;
  }
  return light;
}

void set_measured_clock(const GpuPart& part, double clock_hz, SpeedOfLight& light) {
  light.clock_measured_hz = clock_hz;
  for (const auto& [dtype, per_clock] : flop_per_clock(part)) {
    light.flop_per_s_measured[dtype] = per_clock * clock_hz;
  }
}

}  // namespace assay
