// The peak memory of a case, and the refusal of a case that needs more than is free.
#pragma once

#include <optional>
#include <string>

#include "harness/measure/device.h"

namespace assay {

/// Bytes, verification included.
struct MemoryNeed {
  double set = 0;          // on the device, of each operand set that samples rotate through
  double beside_sets = 0;  // on the device besides them
  double host = 0;         // in this process: inputs, answers and references while they are used
};

/// The growth of a process apart from its cases: stacks, page tables, libraries' buffers, the
/// document.
inline constexpr double kProcessGrowth = 16 * 0x1p20;

/// Why the case cannot run with one operand set, with the figures; nothing if it can.
std::optional<std::string> lacks_memory(const MemoryNeed& need, const Device& device);

/// The number of operand sets to rotate through that leaves room for the rest.
std::size_t rotation_sets(const Device& device, const MemoryNeed& need);

}  // namespace assay
