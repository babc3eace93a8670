// What a case takes of memory at its peak, and the refusal of one that takes more than is free.
#pragma once

#include <optional>
#include <string>

#include "harness/measure/device.h"

namespace assay {

/// Bytes, verification included.
struct MemoryNeed {
  double set = 0;          // on the device, of each operand set that samples rotate through
  double beside_sets = 0;  // on the device beside them
  double host = 0;         // in this process: inputs, answers and references while they are used
};

/// What a process grows by beside any case: stacks, page tables, libraries' buffers, the document.
inline constexpr double kProcessGrowth = 16 * 0x1p20;

/// Why the case cannot run with one operand set, with the figures; nothing where it can.
std::optional<std::string> lacks_memory(const MemoryNeed& need, const Device& device);

/// Operand sets to rotate through, as many as leave room for what is beside them.
std::size_t rotation_sets(const Device& device, const MemoryNeed& need);

}  // namespace assay
