// Compares a kernel's capability with a device's.
#include "kernels/launch/capability.h"

#include <fmt/format.h>

#include <cstdlib>

#include "harness/measure/device.h"

namespace assay {

std::optional<std::string> capability_missing(Capability needed, const Device& device) {
  const auto& has = device.facts().compute_capability;
  if (needed.major == 0 || !has) return std::nullopt;
  const int major = std::atoi(has->c_str());
  if (major == needed.major || (major > needed.major && !needed.only)) return std::nullopt;
  return fmt::format("needs compute capability {}.x{}, this device has {}", needed.major,
                     needed.only ? " and no other" : " or later", *has);
}

}  // namespace assay
