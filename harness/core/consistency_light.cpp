// Fractions of the speed of light from the devices' facts, and those facts from the tables.
#include <set>

#include "harness/core/consistency.h"
#include "harness/core/consistency_part.h"
#include "harness/core/device_light.h"
#include "harness/core/gpu_speed_of_light.h"
#include "harness/core/gpu_tables.h"
#include "harness/core/switch_gain.h"
#include "harness/core/workload.h"

namespace assay::consistency {

namespace {

void check_light_of_device(const Result& result, const Measurement& measurement, const Part& part) {
  const DeviceFacts* device = timed_device(result, measurement);
  if (device == nullptr) return;  // where it is not there, complete_run says so
  const auto derived = fraction_of_light(measurement, *device);
  part.equal("speed_of_light_fraction", measurement.speed_of_light_fraction,
             derived ? std::optional(derived->value) : std::nullopt, "the device's speed of light");
  const auto stated = measurement.extensions.find("speed_of_light_bound");
  if (derived && stated != measurement.extensions.end() && stated->is_string())
    part.equal("extensions/speed_of_light_bound", stated->get<std::string>(), derived->bound,
               "the device's speed of light");
}

/// What the links of the scope alone would carry, by the fraction that the measurement states.
double light_of_links(const Measurement& measurement, double bus, double fraction) {
  const auto bound = measurement.extensions.find("speed_of_light_bound");
  const bool is_by_switches = bound != measurement.extensions.end() && bound->is_string() &&
                              bound->get_ref<const std::string&>() == kAddingSwitches;
  const CaseId& id = measurement.id;
  const bool has_gain = is_by_switches && id.shape.has("ranks");
  return bus / fraction / (has_gain ? switch_gain(id.workload, id.shape.at("ranks")) : 1);
}

/// Between ranks the bound is no fact of a document, but that of the links is one for all that
/// share a scope.
void check_light_between_ranks(const Measurement& measurement,
                               std::map<std::string, double>& lights, const Part& part) {
  const auto found = measurement.metrics.find("bus_bandwidth_bytes_per_s");
  const auto fraction = measurement.speed_of_light_fraction;
  if (span_of(measurement.id.workload) != Span::between_ranks ||
      found == measurement.metrics.end() || !fraction)
    return;
  const Scope& scope = measurement.scope;
  const std::string key = fmt::format("{} {}", scope.level, fmt::join(scope.members, " "));
  const double own = light_of_links(measurement, found->second, *fraction);
  const double light = lights.try_emplace(key, own).first->second;
  part.equal("speed_of_light_fraction", *fraction, *fraction * own / light,
             "the bound of the others of this scope");
}

void check_tables(const DeviceFacts& device, const Part& part) {
  const GpuPart gpu = part_of(device);
  const GpuSku* sku = find_gpu_sku(gpu.pci_id);
  SpeedOfLight derived = gpu_speed_of_light(gpu);
  const SpeedOfLight& stated = device.speed_of_light;
  if (stated.clock_measured_hz) set_measured_clock(gpu, *stated.clock_measured_hz, derived);
  constexpr const char* kFrom = "the table of GPUs";
  if (sku != nullptr) part.equal("sku", device.sku.value_or(""), sku->name, kFrom);
  const Part light = part.at("speed_of_light");
  const auto rates = [&](const char* field, const auto& own, const auto& table) {
    std::set<std::string> dtypes;
    for (const auto& [dtype, rate] : own) dtypes.insert(dtype);
    for (const auto& [dtype, rate] : table) dtypes.insert(dtype);
    for (const std::string& dtype : dtypes) {
      const auto of = [&](const auto& from) {
        return from.contains(dtype) ? std::optional(from.at(dtype)) : std::nullopt;
      };
      light.equal(fmt::format("{}/{}", field, dtype), of(own), of(table), kFrom);
    }
  };
  rates("flop_per_s", stated.flop_per_s, derived.flop_per_s);
  rates("flop_per_s_measured", stated.flop_per_s_measured, derived.flop_per_s_measured);
  light.equal("clock_hz", stated.clock_hz, derived.clock_hz, kFrom);
  light.equal("clock_source", stated.clock_source, derived.clock_source, kFrom);
  light.equal("pcie_bytes_per_s", stated.pcie_bytes_per_s, derived.pcie_bytes_per_s, kFrom);
  light.equal("nvlink_bytes_per_s", stated.nvlink_bytes_per_s, derived.nvlink_bytes_per_s, kFrom);
  // Of a part that is not in the table it comes from a clock and a bus that no document has.
  if (sku != nullptr && sku->memory_gb_per_s > 0)
    light.equal("memory_bytes_per_s", stated.memory_bytes_per_s, derived.memory_bytes_per_s, kFrom);
}

/// All dtypes of the host are one rate of arithmetic, at one clock and at another.
void check_host_light(const SpeedOfLight& light, const Part& part) {
  for (const auto& [dtype, rate] : light.flop_per_s)
    part.equal("flop_per_s/" + dtype, rate, light.flop_per_s.begin()->second, "another dtype");
  if (!light.clock_hz || !light.clock_measured_hz || light.flop_per_s.empty()) return;
  for (const auto& [dtype, rate] : light.flop_per_s_measured)
    part.equal("flop_per_s_measured/" + dtype, rate,
               light.flop_per_s.begin()->second / *light.clock_hz * *light.clock_measured_hz,
               "flop_per_s at the clock that was measured");
}

}  // namespace

void check_light(const Result& result, const Measurement& measurement,
                 std::map<std::string, double>& lights_by_scope, const Part& part) {
  check_light_of_device(result, measurement, part);
  check_light_between_ranks(measurement, lights_by_scope, part);
}

void check_device_light(const Result& result, const DeviceFacts& device, const Part& part) {
  if (result.run.backend == "host")
    check_host_light(device.speed_of_light, part.at("speed_of_light"));
  else if (result.run.tables == gpu_tables_version())
    check_tables(device, part);
}

}  // namespace assay::consistency

namespace assay {

std::string departure_from_tables(const DeviceFacts& device) {
  const Place document;
  try {
    consistency::check_tables(device, consistency::Part(document));
  } catch (const Error& departure) {
    return departure.what();
  }
  return "";
}

}  // namespace assay
