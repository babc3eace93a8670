// Finds the device, and relates what was measured to its bounds.
#include "harness/core/device_light.h"

#include <algorithm>

#include "harness/core/workload.h"

namespace assay {

namespace {

double metric(const Measurement& measurement, const char* name) {
  const auto found = measurement.metrics.find(name);
  return found == measurement.metrics.end() ? 0 : found->second;
}

bool is_of_memory(const Measurement& measurement) {
  return measurement.id.workload.starts_with("memory_") && measurement.series == Series::cold &&
         measurement.status == MeasurementStatus::measured && measurement.samples;
}

}  // namespace

const DeviceFacts* timed_device(const Result& result, const Measurement& measurement) {
  const std::vector<std::string>& members = measurement.scope.members;
  if (span_of(measurement.id.workload) != Span::device || members.empty()) return nullptr;
  for (const NodeFacts& node : result.nodes)
    for (const DeviceFacts& device : node.devices)
      if (device.uuid == members.front()) return &device;
  return nullptr;
}

Work work_of(const Measurement& measurement, const DeviceFacts& device) {
  Work work{metric(measurement, "flop"), metric(measurement, "moved_bytes")};
  const std::string& workload = measurement.id.workload;
  if (workload == "host_to_device" || workload == "device_to_host")
    work.link_bytes_per_s = device.speed_of_light.pcie_bytes_per_s.value_or(0);
  return work;
}

std::optional<LightFraction> fraction_of_light(const Measurement& measurement,
                                               const DeviceFacts& device) {
  if (!measurement.samples) return std::nullopt;
  return fraction_of_light(work_of(measurement, device), device.speed_of_light, measurement.id,
                           measurement.series, measurement.samples->median_s);
}

void settle_host_bound(Result& result) {
  if (result.run.backend != "host") return;
  for (NodeFacts& node : result.nodes) {
    for (DeviceFacts& device : node.devices) {
      std::optional<double>& bound = device.speed_of_light.memory_bytes_per_s;
      for (const Measurement& one : result.measurements)
        if (bound && is_of_memory(one) && timed_device(result, one) == &device)
          bound = std::max(*bound, metric(one, "bytes_per_s"));
    }
  }
  for (Measurement& one : result.measurements) {
    const DeviceFacts* device = timed_device(result, one);
    if (device == nullptr || !one.samples) continue;
    const auto fraction = fraction_of_light(one, *device);
    one.speed_of_light_fraction = fraction ? std::optional(fraction->value) : std::nullopt;
    one.extensions.erase("speed_of_light_bound");
    if (fraction) one.extensions["speed_of_light_bound"] = fraction->bound;
  }
}

}  // namespace assay
