// Holds requirements to the names that are kept for them.
#include "harness/conformance/telemetry.h"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace assay {

const Json* telemetry_of(const Measurement& measurement, std::string_view name) {
  if (std::find(kJudgedTelemetry.begin(), kJudgedTelemetry.end(), name) == kJudgedTelemetry.end())
    throw std::logic_error("telemetry that documents are not read for: " + std::string(name));
  for (const auto& [key, value] : measurement.telemetry.get_ref<const Json::object_t&>())
    if (key == name) return &value;
  return nullptr;
}

}  // namespace assay
