// The figures are invented; only their units and order are meant to be plausible.
#include "tests/core/full_result.h"

namespace assay::test {

namespace {

DeviceFacts full_device() {
  DeviceFacts device;
  device.index = 3;
  device.name = "Example Accelerator 80GB";
  device.uuid = "GPU-00000000-0000-0000-0000-000000000003";
  device.serial = "1650000000003";
  device.board_part_number = "900-00000-0000-000";
  device.vbios = "96.00.00.00.01";
  device.pci_bus_id = "00000000:1B:00.0";
  device.pci_id = "10de:2330";
  device.sku = "example_80gb";
  device.compute_capability = "9.0";
  device.compute_mode = "default";
  device.mig = "disabled";
  device.ecc = EccState{true, false, false, 0, 0, 2};
  device.power_limit_w = 700;
  device.power_limit_default_w = 700;
  device.clock_max_hz = 1.98e9;
  device.clock_limit_hz = 1.98e9;
  device.memory_bytes = 85899345920;
  device.l2_bytes = 52428800;
  device.multiprocessors = 132;
  device.pcie = PcieLink{5, 5, 16, 16, 0, true};
  device.nvlink = NvlinkState{18, 18, 0, 0, true, "completed"};
  device.nvlink_count = 18;
  device.other_processes = {{4242, "python3"}};
  device.xids = {79};
  device.speed_of_light.flop_per_s = {{"bf16", 9.89e14}};
  device.speed_of_light.flop_per_s_measured = {{"bf16", 8.5e14}};
  device.speed_of_light.clock_hz = 1.83e9;
  device.speed_of_light.clock_measured_hz = 1.6e9;
  device.speed_of_light.clock_source = "published_boost";
  device.speed_of_light.memory_bytes_per_s = 3.35e12;
  device.speed_of_light.pcie_bytes_per_s = 6.3e10;
  device.speed_of_light.nvlink_bytes_per_s = 4.5e11;
  device.speed_of_light.source = "invented for a test";
  return device;
}

NodeFacts full_node() {
  NodeFacts node;
  node.name = "node-a";
  node.labels = {{"topology.kubernetes.io/zone", "zone-1"}};
  node.kubernetes = KubernetesFacts{"assay", "assay-0", "sha256:00", "gpu-claim", {"gpu-3"}};
  node.nics = Json::array({{{"name", "mlx5_0"}, {"rate_bytes_per_s", 5e10}}});
  node.topology = {{"processor", {{"model", "Example"}, {"cores", 64}}}};
  node.devices = {full_device()};
  return node;
}

Samples full_samples() {
  Samples samples;
  samples.count = 600;
  samples.discarded = 2;
  samples.discard_reasons = {{"hw_thermal_slowdown", 2}};
  samples.median_s = 1.5e-3;
  samples.p5_s = 1.4e-3;
  samples.p95_s = 1.6e-3;
  samples.p99_s = 1.7e-3;
  samples.ci_low_s = 1.49e-3;
  samples.ci_high_s = 1.51e-3;
  samples.ci_level = 0.9512;
  samples.stop_reason = "stable";
  samples.values_s = {1.4e-3, 1.5e-3, 1.6e-3};
  samples.pass = {0, 0, 1};
  samples.pass_medians_s = {1.45e-3, 1.6e-3};
  return samples;
}

Measurement full_measurement() {
  Measurement measurement;
  measurement.id = CaseId::parse("attention_forward.bf16.sm90/b1_hq64_sq8192_d128_causal");
  measurement.group = measurement.id.group();
  measurement.series = Series::graph;
  measurement.scope = {"device", {"GPU-00000000-0000-0000-0000-000000000003"}};
  measurement.input_pattern = "normal";
  measurement.input_seed = 18446744073709551615u;
  measurement.started = "2026-11-23T17:40:00.123Z";
  measurement.status = MeasurementStatus::measured;
  measurement.samples = full_samples();
  measurement.ranks = {{0, 1.5e-3, std::nullopt}, {1, 1.6e-3, 1.8e-3}};
  measurement.metrics = {{"flop_per_s", 6.5e14}, {"flop", 1e12}, {"moved_bytes", 1e9}};
  measurement.speed_of_light_fraction = 0.66;
  measurement.verification =
      Verification{Verification::Status::within_tolerance, 1e-3, 2e-3, "00ff", ""};
  measurement.telemetry = {{"clock_hz", {{"low", 1.5e9}, {"high", 1.7e9}}}, {"readings", 12}};
  measurement.transport = Transport{"ring",           "ll128",
                                    "nvlink",         16,
                                    {"mlx5_0"},       {{"node-a", "nvlink"}, {"node-b", "tcp"}},
                                    "bw 0.1 SYS/SYS", {"Cannot initialize CollNet"}};
  measurement.pair = PairFacts{1, 2};
  measurement.extensions = {{"choice", {{"tile_ms", "anything goes here"}}}};
  return measurement;
}

}  // namespace

Result full_result() {
  Result result;
  result.status = RunStatus::complete;
  result.simulated = true;
  result.run.id = "2026-11-23-0001";
  result.run.started = "2026-11-23T17:40:00.000Z";
  result.run.finished = "2026-11-23T17:41:00.000Z";
  result.run.profile_name = "node";
  result.run.profile_sha256 = std::string(64, 'a');
  result.run.backend = "cuda";
  result.run.command = {"assay", "run", "--profile", "node"};
  result.run.filter = "attention";
  result.run.tables = "gpu-0123456789ab";
  result.run.seed = 42;
  result.run.world_size = 2;
  result.run.rank = 1;
  result.software = {{"driver", "580.00"}, {"nccl", "2.28.9"}};
  result.nodes = {full_node()};
  result.measurements = {full_measurement()};
  result.links = {{"node-a", "node-b", "infiniband", 0}};
  result.fits = Json::array({{{"what", "all_reduce"}, {"alpha_s", 1e-5}}});
  result.fabric = FabricFacts{{"node-a", "node-b"}, {"r7", ""}};
  result.isolation =
      IsolationFacts{18446744073709551615u, {"node-a", "node-b"}, {"r7", ""}, {"mlx5_0"}};
  result.documents = {{"nodes/rank0001-node-b.json", std::string(64, 'b')}};
  result.extensions = {{"site", "lab"}};
  return result;
}

}  // namespace assay::test
