// The part of a device that a workload is about.
#include "harness/core/family.h"

#include <array>

namespace assay {

namespace {

struct NamedFamily {
  Family family;
  const char* name;
};

constexpr std::array kFamilies = {NamedFamily{Family::compute, "compute"},
                                  NamedFamily{Family::memory, "memory"},
                                  NamedFamily{Family::links, "links"}};

}  // namespace

std::optional<Family> family_of(std::string_view workload) {
  if (workload == "gemm" || workload.starts_with("attention_")) return Family::compute;
  if (workload.starts_with("memory_")) return Family::memory;
  if (workload == "host_to_device" || workload == "device_to_host") return Family::links;
  return std::nullopt;
}

const char* name(Family family) {
  for (const NamedFamily& known : kFamilies)
    if (known.family == family) return known.name;
  return "";
}

std::optional<Family> family_named(std::string_view text) {
  for (const NamedFamily& known : kFamilies)
    if (text == known.name) return known.family;
  return std::nullopt;
}

}  // namespace assay
