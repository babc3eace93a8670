// Documents that pass: a healthy node, whatever the profile asks of it.
#include "tests/conformance/passing_result.h"

#include <algorithm>
#include <map>
#include <stdexcept>
#include <utility>

#include "harness/core/gpu_tables.h"
#include "harness/core/workload.h"

namespace assay::test {

namespace {

constexpr double kMedianS = 1e-3;
constexpr double kFraction = 0.9;
constexpr double kFlopPerS = 700e12;
constexpr double kBytesPerS = 3e12;
constexpr const char* kCapability = "9.0";  // compute capability

DeviceFacts healthy_gpu(int index, const std::string& node) {
  DeviceFacts device;
  device.index = index;
  device.name = "Example GPU";
  device.uuid = "GPU-" + node + "-" + std::to_string(index);
  device.serial = "165000" + std::to_string(index);
  device.board_part_number = "692-2G520-0200-000";
  device.vbios = "96.00.9D.00.02";
  device.pci_bus_id = "0000:" + std::to_string(index) + "a:00.0";
  device.pci_id = "10de:ffff";
  device.sku = "example-sxm";
  device.compute_capability = kCapability;
  device.compute_mode = "default";
  device.mig = "disabled";
  EccState ecc;
  ecc.enabled = true;
  ecc.remap_pending = ecc.remap_failed = false;
  ecc.remapped_rows = ecc.uncorrected_volatile = ecc.corrected_volatile = 0;
  device.ecc = ecc;
  device.power_limit_w = device.power_limit_default_w = 700;
  device.clock_max_hz = device.clock_limit_hz = 1.98e9;
  PcieLink link;
  link.generation = link.generation_max = 5;
  link.width = link.width_max = 16;
  link.replays = 0;
  device.pcie = link;
  NvlinkState nvlink;
  nvlink.count = nvlink.active = 18;
  nvlink.errors = nvlink.replays = 0;
  device.nvlink = nvlink;
  device.nvlink_count = 18;
  device.speed_of_light.flop_per_s = {{"bf16", kFlopPerS / kFraction},
                                      {"f32", kFlopPerS / kFraction}};
  device.speed_of_light.memory_bytes_per_s = kBytesPerS / kFraction;
  device.speed_of_light.pcie_bytes_per_s = kBytesPerS / kFraction;
  device.speed_of_light.clock_source = "published_boost";
  device.speed_of_light.source = "made up for tests";
  return device;
}

DeviceFacts healthy_host(const std::string& node) {
  DeviceFacts device;
  device.name = "Example CPU";
  device.uuid = "host-" + node;
  device.sku = "host";
  device.multiprocessors = 2;
  device.speed_of_light.flop_per_s = {{"f32", kFlopPerS / kFraction},
                                      {"bf16", kFlopPerS / kFraction}};
  device.speed_of_light.clock_source = "cpuinfo";
  device.speed_of_light.source = "made up for tests";
  return device;
}

Samples steady_samples() {
  Samples samples;
  samples.count = 50;
  samples.median_s = kMedianS;
  samples.p5_s = 0.995 * kMedianS;
  samples.ci_low_s = 0.999 * kMedianS;
  samples.ci_high_s = 1.001 * kMedianS;
  samples.ci_level = 0.95;
  samples.stop_reason = "stable";
  samples.values_s = {kMedianS, kMedianS};
  return samples;
}

Measurement good_measurement(CaseId id, const Scope& scope, Series series) {
  Measurement measurement;
  measurement.id = std::move(id);
  measurement.group = measurement.id.group();
  measurement.scope = scope;
  measurement.series = series;
  measurement.input_pattern = "normal";
  measurement.input_seed = 1;
  measurement.started = "2026-11-01T00:00:00.000Z";
  measurement.status = MeasurementStatus::measured;
  measurement.samples = steady_samples();
  if (measurement.id.workload == "gemm") {
    measurement.metrics = {{"flop_per_s", kFlopPerS}, {"flop", kFlopPerS * kMedianS}};
  } else {
    measurement.metrics = {{"bytes_per_s", kBytesPerS}, {"moved_bytes", kBytesPerS * kMedianS}};
  }
  measurement.speed_of_light_fraction = kFraction;
  Verification verification;
  verification.status = Verification::Status::exact;
  measurement.verification = verification;
  return measurement;
}

/// Disjoint pairs of all devices, as often as every pair needs to be one of them, and the way back.
std::vector<Scope> rounds_of_pairs(const std::vector<DeviceFacts>& devices) {
  const std::size_t n = devices.size();
  std::vector<Scope> rounds;
  if (n < 4 || n % 2 != 0) return rounds;
  for (std::size_t round = 0; round + 1 < n; ++round) {
    std::map<std::size_t, std::size_t> pairs;  // the smaller number first
    for (std::size_t i = 0; i < n / 2; ++i) {
      const std::size_t a = i == 0 ? n - 1 : (round + i) % (n - 1);
      const std::size_t b = (round + n - 1 - i) % (n - 1);
      pairs[std::min(a, b)] = std::max(a, b);
    }
    std::vector<std::string> there, back;
    for (const auto& [a, b] : pairs) {
      there.insert(there.end(), {devices[a].uuid, devices[b].uuid});
      back.insert(back.end(), {devices[b].uuid, devices[a].uuid});
    }
    rounds.push_back({"nvlink_domain", there});
    rounds.push_back({"nvlink_domain", back});
  }
  return rounds;
}

/// Whether a run on such devices has the line.
bool is_asked(const ProfileCases& cases, const std::string& backend) {
  const std::vector<std::string>& only = cases.compute_capabilities;
  return cases.backend == backend &&
         (only.empty() || std::find(only.begin(), only.end(), kCapability) != only.end());
}

/// Where a run measures the line on that device: alone, among all at once, or with each other.
std::vector<Scope> scopes_of(const ProfileCases& cases, const std::vector<DeviceFacts>& devices,
                             std::size_t at) {
  const std::string& own = devices[at].uuid;
  std::vector<std::string> all = {own};
  for (const DeviceFacts& other : devices)
    if (other.uuid != own) all.push_back(other.uuid);
  if (span_of(cases.workload) == Span::between_devices) {
    std::vector<Scope> scopes;
    if (at == 0) scopes = rounds_of_pairs(devices);
    for (std::size_t i = 1; i < all.size(); ++i) scopes.push_back({"nvlink_domain", {own, all[i]}});
    return scopes;
  }
  if (cases.scope != "node") return {{"device", {own}}};
  if (devices.size() < 2) return {};
  return {{"node", all}};
}

void sample_as_asked(const SamplingRule& rule, Samples& samples) {
  samples.count = std::max(samples.count, rule.min_samples);
  if (rule.passes > 1)
    samples.pass_medians_s.assign(static_cast<std::size_t>(rule.passes), samples.median_s);
}

void add(const ProfileCases& cases, const SamplingRule& sampling, const Scope& scope,
         Result& result) {
  for (const std::string& dtype : cases.dtypes) {
    for (const Shape& shape : cases.shapes) {
      for (const std::string& implementation : cases.implementations) {
        for (const Series series : cases.series_or_cold()) {
          result.measurements.push_back(
              good_measurement({cases.workload, dtype, implementation, shape}, scope, series));
          sample_as_asked(cases.sampling.value_or(sampling), *result.measurements.back().samples);
        }
      }
    }
  }
}

ProfileCases line(const std::string& workload, const std::string& dtype,
                  std::vector<std::string> implementations, const std::string& shape) {
  return {workload, "cuda", {dtype}, std::move(implementations), {Shape::parse(shape)}, {}};
}

}  // namespace

Result passing_result(const Profile& profile, const std::string& backend, int devices,
                      const std::string& node) {
  Result result;
  result.status = RunStatus::complete;
  result.run.id = "run-" + node;
  result.run.started = "2026-11-01T00:00:00.000Z";
  result.run.finished = "2026-11-01T00:01:00.000Z";
  result.run.profile_name = profile.name;
  result.run.profile_sha256 = std::string(64, 'a');
  result.run.backend = backend;
  result.simulated = backend == "host";
  result.run.tables = backend == "cuda" ? gpu_tables_version() : "";
  result.run.command = {"assay", "run"};
  result.software = {{"driver", "580.65.06"}, {"kernel", "Linux 6.1.0"}, {"nccl", "2.28.9"}};
  NodeFacts facts;
  facts.name = node;
  for (int index = 0; index < devices; ++index) {
    facts.devices.push_back(backend == "cuda" ? healthy_gpu(index, node) : healthy_host(node));
  }
  for (std::size_t device = 0; device < facts.devices.size(); ++device) {
    for (const ProfileCases& cases : profile.cases) {
      if (!is_asked(cases, backend)) continue;
      for (const Scope& scope : scopes_of(cases, facts.devices, device))
        add(cases, profile.sampling, scope, result);
    }
  }
  result.nodes.push_back(std::move(facts));
  return result;
}

Profile small_profile() {
  Profile profile;
  profile.name = "small";
  profile.backends = {"cuda"};
  profile.cases = {line("gemm", "bf16", {"cublaslt", "sm90"}, "m8192_n8192_k8192"),
                   line("memory_triad", "f32", {"vectorized"}, "bytes1073741824")};
  return profile;
}

ProfileRequirement requirement(const std::string& kind, Json parameters, Level level) {
  ProfileRequirement asked;
  asked.id = asked.kind = kind;
  asked.level = level;
  asked.parameters = std::move(parameters);
  return asked;
}

RequirementVerdict judged(const Evidence& evidence, const std::string& id) {
  for (const RequirementVerdict& verdict : judge(evidence).requirements) {
    if (verdict.id == id) return verdict;
  }
  throw std::logic_error("the profile has no requirement " + id);
}

RequirementVerdict judged(const Result& result, const ProfileRequirement& asked) {
  Profile profile = small_profile();
  profile.requirements = {asked};
  return judged(Evidence{{result}, &profile, {passing_baseline()}}, asked.id);
}

Measurement& measurement_of(Result& result, const std::string& case_id, int device) {
  const std::string uuid = result.nodes.front().devices.at(static_cast<std::size_t>(device)).uuid;
  for (Measurement& measurement : result.measurements) {
    if (measurement.id.str() == case_id && measurement.scope.members.front() == uuid) {
      return measurement;
    }
  }
  throw std::logic_error("the document has no " + case_id);
}

void slow_down(Measurement& measurement, double factor) {
  Samples& samples = *measurement.samples;
  samples.median_s *= factor;
  samples.p5_s *= factor;
  samples.ci_low_s *= factor;
  samples.ci_high_s *= factor;
  for (double& median_s : samples.pass_medians_s) median_s *= factor;
  for (const char* rate : {"flop_per_s", "bytes_per_s"}) {
    if (measurement.metrics.contains(rate)) measurement.metrics[rate] /= factor;
  }
  if (measurement.speed_of_light_fraction) *measurement.speed_of_light_fraction /= factor;
}

Baseline passing_baseline() {
  BaselineRow row;
  row.id = CaseId::parse("gemm.bf16.*/m8192_n8192_k8192");
  row.scope_level = "device";
  row.metric = "flop_per_s";
  row.value = kFlopPerS;
  row.n = 1;
  row.input_pattern = "normal";
  row.tier = "third_party";
  row.source = "made up for tests";
  row.date = "2026-01-01";
  row.expires = "2027-01-01";
  return {"example-baseline", "example-sxm", {"10de:ffff"}, false, {row}};
}

std::vector<std::string> dispensable_measurements(Evidence evidence) {
  std::vector<std::string> dispensable;
  const Result whole = evidence.results.front();
  for (std::size_t i = 0; i < whole.measurements.size(); ++i) {
    Result& result = evidence.results.front();
    result = whole;
    result.measurements.erase(result.measurements.begin() + static_cast<std::ptrdiff_t>(i));
    if (judge(evidence).verdict != Verdict::fail)
      dispensable.push_back(whole.measurements[i].id.str());
  }
  return dispensable;
}

}  // namespace assay::test
