// Values first; the rest is computed from them.
#include "tests/conformance/written_result.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/core/case_work.h"
#include "harness/core/consistency.h"
#include "harness/core/device_light.h"
#include "harness/core/error.h"
#include "harness/core/gpu_speed_of_light.h"
#include "harness/core/gpu_tables.h"
#include "harness/core/pass_interval.h"
#include "harness/core/statistics.h"
#include "tests/conformance/passing_result.h"

namespace assay::test {

namespace {

constexpr double kFractionOfLight = 0.85;

void make_h200(DeviceFacts& device) {
  device.name = "NVIDIA H200";
  device.pci_id = "10de:2335";
  device.sku = "H200-SXM-141GB";
  device.multiprocessors = 132;
  device.memory_bytes = 150109880320;
  device.l2_bytes = 62914560;
  device.speed_of_light = gpu_speed_of_light(part_of(device));
}

/// As a node with all its devices below one PCIe root tells of them.
Json topology_of(const std::vector<DeviceFacts>& devices) {
  Json gpus = Json::array();
  for (const DeviceFacts& device : devices)
    gpus.push_back({{"index", device.index},
                    {"uuid", device.uuid},
                    {"pci_bus_id", *device.pci_bus_id},
                    {"pcie_root", "pci0000:00"},
                    {"bridges", {"0000:01:00.0"}},
                    {"numa_node", 0},
                    {"pcie_generation", 5},
                    {"pcie_width", 16},
                    {"nvlink_domain", "node-a/nvlink0"}});
  return {{"processor", {{"model", "Example CPU"}, {"cores", 64}}},
          {"memory_bytes", 1099511627776},
          {"numa_nodes", {0, 1}},
          {"gpus", gpus}};
}

/// As a series near `median_s` might be, another for every number.
std::vector<double> values_near(double median_s, std::size_t count, std::size_t number) {
  std::vector<double> values;
  for (std::size_t i = 0; i < count; ++i)
    values.push_back(median_s * (1 + 0.002 * std::sin(static_cast<double>(7 * i + 3 * number))));
  return values;
}

/// The pass of every value, in passes of the same length, and their medians.
void add_passes(const std::vector<double>& values, std::size_t passes, Samples& samples) {
  std::vector<double> pass_of;
  std::vector<std::vector<double>> by_pass(passes);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t pass = i * passes / values.size();
    pass_of.push_back(static_cast<double>(pass));
    by_pass[pass].push_back(values[i]);
  }
  for (const double pass : thin(pass_of, 256)) samples.pass.push_back(static_cast<int>(pass));
  for (const std::vector<double>& own : by_pass) samples.pass_medians_s.push_back(median(own));
}

Samples samples_of(const std::vector<double>& values, std::size_t passes) {
  Samples samples;
  samples.count = static_cast<std::int64_t>(values.size());
  samples.median_s = median(values);
  samples.p5_s = quantile(values, 0.05);
  samples.p95_s = p95(values);
  samples.p99_s = p99(values);
  if (passes > 1) add_passes(values, passes, samples);
  const Interval interval =
      interval_between_passes(samples.pass_medians_s, median_interval(values));
  samples.ci_low_s = interval.low;
  samples.ci_high_s = interval.high;
  samples.ci_level = interval.level;
  samples.stop_reason = "stable";
  samples.values_s = thin(values, 256);
  return samples;
}

/// As many as the passing document says.
std::size_t passes_of(const Measurement& measurement) {
  return std::max<std::size_t>(1, measurement.samples->pass_medians_s.size());
}

void add_metrics(const Work& work, Measurement& measurement) {
  const double median_s = measurement.samples->median_s;
  measurement.metrics.clear();
  if (work.flop > 0) {
    measurement.metrics["flop"] = work.flop;
    measurement.metrics["flop_per_s"] = work.flop / median_s;
  }
  measurement.metrics["moved_bytes"] = work.moved_bytes;
  measurement.metrics["bytes_per_s"] = work.moved_bytes / median_s;
}

double stored_bytes(const CaseId& id) { return work_of(id).value().moved_bytes; }

/// Between devices: every copy of the scope, at the same time.
void measure_copies(std::size_t number, Measurement& measurement) {
  const double copies = static_cast<double>(measurement.scope.members.size()) / 2;
  measurement.samples = samples_of(values_near(1e-3, 40, number), passes_of(measurement));
  add_metrics({0, copies * static_cast<double>(measurement.id.shape.at("bytes"))}, measurement);
}

void measure(const DeviceFacts& device, std::size_t number, Measurement& measurement) {
  const CaseId& id = measurement.id;
  const auto moved = moved_bytes_of(id);
  const Work work{flop_of(id).value(), moved ? *moved : stored_bytes(id)};
  Work across = work;  // the PCIe link, where it is one
  across.link_bytes_per_s = work_of(measurement, device).link_bytes_per_s;
  const auto least = least_time(across, device.speed_of_light, id, measurement.series);
  const std::size_t least_count = measurement.scope.level == "node" ? 120 : 40;
  const std::size_t count = number % 9 == 4 ? 600 : least_count + number % 7;
  const double median_s = (least ? least->seconds : 1e-3) / kFractionOfLight;
  measurement.samples = samples_of(values_near(median_s, count, number), passes_of(measurement));
  add_metrics(work, measurement);
  measurement.speed_of_light_fraction.reset();
  if (const auto fraction = fraction_of_light(measurement, device)) {
    measurement.speed_of_light_fraction = fraction->value;
    measurement.extensions["speed_of_light_bound"] = fraction->bound;
  }
  measurement.verification->status = Verification::Status::within_tolerance;
  measurement.verification->tolerance = 0.5;
  measurement.verification->error = 0.1 + 1e-3 * static_cast<double>(number % 17);
  measurement.verification->checksum = fmt::format("{:032x}", number);
  measurement.telemetry = {
      {"new_errors",
       {{"ecc_corrected", 0}, {"ecc_uncorrected", 0}, {"pcie_replays", 0}, {"remapped_rows", 0}}},
      {"clock_hz", {{"low", 1.755e9}, {"median", 1.83e9}, {"high", 1.98e9}}},
      {"power_w", {{"low", 300.0}, {"median", 610.0}, {"high", 690.0}}},
      {"temperature_c", {{"low", 48.0}, {"median", 60.0}, {"high", 63.0}}},
      {"clock_event_fractions", {{"sw_power_cap", 0.25}}},
      {"iterations_per_sample", 4},
      {"operand_sets", 3},
      {"readings", 24}};
  measurement.group += fmt::format(" on device {}", device.index);
}

}  // namespace

Result written_gpu_result(const Profile& profile, int devices) {
  Result result = passing_result(profile, "cuda", devices);
  result.run.started = "2026-11-01T00:10:00.000Z";
  result.run.finished = "2026-11-01T00:50:00.000Z";
  result.run.seed = 1;
  result.run.tables = gpu_tables_version();
  for (DeviceFacts& device : result.nodes.front().devices) make_h200(device);
  result.nodes.front().topology = topology_of(result.nodes.front().devices);
  for (std::size_t i = 0; i < result.measurements.size(); ++i) {
    Measurement& measurement = result.measurements[i];
    measurement.started = fmt::format("2026-11-01T00:{:02}:{:02}.250Z", 10 + i / 60, i % 60);
    if (const DeviceFacts* device = timed_device(result, measurement))
      measure(*device, i, measurement);
    else
      measure_copies(i, measurement);
  }
  return result;
}

Result written_four_ranks() {
  Result result = passing_result(small_profile(), "cuda", 1);
  result.nodes.clear();
  result.run.seed = 1;
  result.run.world_size = 4;
  result.fabric = FabricFacts{{"a", "b", "c", "d"}, {"", "", "", ""}};
  Measurement one = result.measurements.front();
  one.id = CaseId::parse("all_reduce.f32.nccl/bytes1000000_ranks4");
  one.group = one.id.group();
  one.scope = {"cluster", {"a", "b", "c", "d"}};
  const std::vector<double> values(20, 2e-3);
  one.samples->count = 20;
  one.samples->values_s = values;
  one.samples->median_s = one.samples->p5_s = 2e-3;
  const Interval interval = median_interval(values);
  one.samples->ci_low_s = one.samples->ci_high_s = 2e-3;
  one.samples->ci_level = interval.level;
  one.ranks = {{0, 1e-3, {}}, {1, 2e-3, {}}, {2, 1.5e-3, {}}, {3, 1.2e-3, {}}};
  one.metrics = {
      {"bytes_per_s", 5e8}, {"bus_bandwidth_bytes_per_s", 7.5e8}, {"rank_spread", 1e-3 / 1.35e-3}};
  one.speed_of_light_fraction = 0.5;
  result.measurements = {one, one};
  result.measurements.back().id = CaseId::parse("all_reduce.f32.nccl_ring/bytes1000000_ranks4");
  return result;
}

std::string contradiction_in(const Result& result) {
  try {
    refuse_contradictions(result, "node.json");
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace assay::test
