// The host's speed of light: cores x FLOP per clock x clock, and the measured read bandwidth of its
// memory.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "harness/core/result.h"
#include "harness/measure/host_buffers.h"
#include "harness/measure/host_facts.h"

namespace assay {

/// f32 FLOP per clock of one core: vector lanes x 2 (a fused multiply-add) x FMA ports.
struct CoreRate {
  double flop_per_clock = 0;
  std::string source;
};

/// From a table by microarchitecture; nothing for a part that is not in it or whose vector
/// instructions a hypervisor hides.
std::optional<CoreRate> host_core_rate(const HostFacts& facts);

/// Names the table in a document, as gpu_tables_version() names that of GPUs.
const std::string& host_tables_version();

/// The present clock of this core: times a chain of dependent additions, which take one cycle each
/// on every core of the table. Nothing on other architectures.
std::optional<double> measure_host_clock_hz();

/// The best of a few read-only passes on every usable core, over more than three times the
/// last-level cache. A measured bound, not a published figure. What it reads comes from `buffers`,
/// which keeps it for the cases: the kernel takes longer to clear the pages than they are read for.
double measure_read_bandwidth(const HostFacts& facts, std::size_t cache_bytes,
                              HostBuffers& buffers);

/// Combines them and records the assumptions in `source`. `measured_clock_hz` and `read_bandwidth`
/// are what the two functions above returned.
SpeedOfLight host_speed_of_light(const HostFacts& facts, std::optional<double> measured_clock_hz,
                                 std::optional<double> read_bandwidth);

}  // namespace assay
