// Refusals of the memory workloads.
#include "kernels/memory/memory_case.h"

#include <fmt/format.h>

namespace assay {

std::optional<std::string> MemoryImplementation::refuses(const Shape& shape,
                                                         const Device& device) const {
  if (device.backend() != backend_) {
    return fmt::format("runs on the {} backend only", assay::name(backend_));
  }
  const auto& entries = shape.entries();
  if (entries.size() != 1 || entries[0].key != "bytes" || !entries[0].value ||
      *entries[0].value < 16 || *entries[0].value % 16 != 0) {
    return "a memory shape is bytes, the size of one array: a positive multiple of 16";
  }
  return lacks_memory(MemoryArrays::need(device, operation_, *entries[0].value), device);
}

}  // namespace assay
