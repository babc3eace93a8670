// A GPU's speed of light: multiprocessors x FLOP per clock x clock, and its memory and links.
#pragma once

#include <optional>
#include <string>

#include "harness/core/result.h"

namespace assay {

/// What the device reports about itself.
struct GpuPart {
  int major = 0, minor = 0;
  int multiprocessors = 0;
  std::string pci_id;
  std::optional<double> max_clock_hz, memory_clock_hz;
  int memory_bus_bits = 0;
  std::optional<int> pcie_generation_max, pcie_width_max, nvlink_count;
  bool is_mig = false;  // a slice of a GPU: the GPU's memory figure does not apply
};

/// What a document knows of the part: all but the memory's clock and bus.
GpuPart part_of(const DeviceFacts& facts);

/// At the published boost clock where the SKU is known, else at the part's maximum.
SpeedOfLight gpu_speed_of_light(const GpuPart& part);

/// The second figure, at a clock that was measured under load.
void set_measured_clock(const GpuPart& part, double clock_hz, SpeedOfLight& light);

}  // namespace assay
