// The fields of a result document, each listed once for reading and for writing.
#pragma once

#include <cmath>

#include "harness/core/fields.h"
#include "harness/core/result.h"

namespace assay {

/// Checks that the fields of a struct are consistent; throws Error that begins with the field.
void require_sound(const Samples& samples);
void require_sound(const IsolationFacts& isolation);
void require_sound(const Result& result);

void visit_fields(auto& field, Like<SpeedOfLight> auto& speed) {
  field.or_absent("flop_per_s", speed.flop_per_s);
  field.or_absent("flop_per_s_measured", speed.flop_per_s_measured);
  field("clock_hz", speed.clock_hz);
  field("clock_measured_hz", speed.clock_measured_hz);
  field.or_absent("clock_source", speed.clock_source);
  field("memory_bytes_per_s", speed.memory_bytes_per_s);
  field("pcie_bytes_per_s", speed.pcie_bytes_per_s);
  field("nvlink_bytes_per_s", speed.nvlink_bytes_per_s);
  field.or_absent("source", speed.source);
}

void visit_fields(auto& field, Like<EccState> auto& ecc) {
  field("enabled", ecc.enabled);
  field("remap_pending", ecc.remap_pending);
  field("remap_failed", ecc.remap_failed);
  field("remapped_rows", ecc.remapped_rows);
  field("uncorrected_volatile", ecc.uncorrected_volatile);
  field("corrected_volatile", ecc.corrected_volatile);
}

void visit_fields(auto& field, Like<PcieLink> auto& pcie) {
  field("generation", pcie.generation);
  field("generation_max", pcie.generation_max);
  field("width", pcie.width);
  field("width_max", pcie.width_max);
  field("replays", pcie.replays);
  field("under_load", pcie.under_load);
}

void visit_fields(auto& field, Like<NvlinkState> auto& nvlink) {
  field("count", nvlink.count);
  field("active", nvlink.active);
  field("errors", nvlink.errors);
  field("replays", nvlink.replays);
  field("to_switch", nvlink.to_switch);
  field("fabric_state", nvlink.fabric_state);
}

void visit_fields(auto& field, Like<OtherProcess> auto& process) {
  field("pid", process.pid);
  field("name", process.name);
}

void visit_fields(auto& field, Like<DeviceFacts> auto& device) {
  field("index", device.index);
  field("name", device.name);
  field("uuid", device.uuid);
  field("serial", device.serial);
  field("board_part_number", device.board_part_number);
  field("vbios", device.vbios);
  field("pci_bus_id", device.pci_bus_id);
  field("pci_id", device.pci_id);
  field("sku", device.sku);
  field("compute_capability", device.compute_capability);
  field("compute_mode", device.compute_mode);
  field("mig", device.mig);
  field("ecc", device.ecc);
  field("power_limit_w", device.power_limit_w);
  field("power_limit_default_w", device.power_limit_default_w);
  field("clock_max_hz", device.clock_max_hz);
  field("clock_limit_hz", device.clock_limit_hz);
  field("memory_bytes", device.memory_bytes);
  field("l2_bytes", device.l2_bytes);
  field("multiprocessors", device.multiprocessors);
  field("pcie", device.pcie);
  field("nvlink", device.nvlink);
  field("nvlink_count", device.nvlink_count);
  field("other_processes", device.other_processes);
  field("xids", device.xids);
  field("speed_of_light", device.speed_of_light);
}

void visit_fields(auto& field, Like<KubernetesFacts> auto& kubernetes) {
  field("namespace", kubernetes.kube_namespace);
  field("pod", kubernetes.pod);
  field.or_absent("image_digest", kubernetes.image_digest);
  field.or_absent("claim", kubernetes.claim);
  field.or_absent("allocated", kubernetes.allocated);
}

void visit_fields(auto& field, Like<NodeFacts> auto& node) {
  field("name", node.name);
  field("labels", node.labels);
  field("kubernetes", node.kubernetes);
  field("nics", node.nics);
  field("topology", node.topology);
  field("devices", node.devices);
}

void visit_fields(auto& field, Like<Verification> auto& verification) {
  field("status", verification.status);
  // A wrong kernel often leaves NaN behind. The failure must still be written, without that error.
  if (verification.ok() || std::isfinite(verification.error.value_or(0))) {
    field("error", verification.error);
  }
  field("tolerance", verification.tolerance);
  field("checksum", verification.checksum);
}

void visit_fields(auto& field, Like<Samples> auto& samples) {
  field("count", samples.count);
  field("discarded", samples.discarded);
  field("discard_reasons", samples.discard_reasons);
  field("median_s", samples.median_s);
  field("p5_s", samples.p5_s);
  field("p95_s", samples.p95_s);
  field("p99_s", samples.p99_s);
  field("ci_low_s", samples.ci_low_s);
  field("ci_high_s", samples.ci_high_s);
  field("ci_level", samples.ci_level);
  field("stop_reason", samples.stop_reason);
  field("values_s", samples.values_s);
  field.or_absent("pass", samples.pass);
  field.or_absent("pass_medians_s", samples.pass_medians_s);
}

void visit_fields(auto& field, Like<Scope> auto& scope) {
  field("level", scope.level);
  field("members", scope.members);
}

void visit_fields(auto& field, Like<RankSamples> auto& rank) {
  field("rank", rank.rank);
  field("median_s", rank.median_s);
  field("p99_s", rank.p99_s);
}

void visit_fields(auto& field, Like<MemberTransport> auto& member) {
  field("name", member.name);
  field("kind", member.kind);
}

void visit_fields(auto& field, Like<PairFacts> auto& pair) {
  field.or_default("round", pair.round);
  field.or_default("rail", pair.rail);
}

void visit_fields(auto& field, Like<Transport> auto& transport) {
  field.or_absent("algorithm", transport.algorithm);
  field.or_absent("protocol", transport.protocol);
  field("channels", transport.channels);
  field.or_absent("kind", transport.kind);
  field.or_default("nics", transport.nics);
  field.or_absent("members", transport.members);
  field.or_absent("degraded", transport.degraded);
  field.or_absent("warnings", transport.warnings);
}

void visit_fields(auto& field, Like<Measurement> auto& measurement) {
  field("case", measurement.id);
  field.repeats("workload", measurement.id.workload, measurement.id);
  field.repeats("dtype", measurement.id.dtype, measurement.id);
  field.repeats("implementation", measurement.id.implementation, measurement.id);
  field.repeats("shape", measurement.id.shape, measurement.id);
  field("group", measurement.group);
  field("series", measurement.series);
  field("scope", measurement.scope);
  field.group("inputs", [&](auto& inputs) {
    inputs("pattern", measurement.input_pattern);
    inputs("seed", measurement.input_seed);
  });
  field("started", measurement.started);
  field("status", measurement.status);
  field.or_absent("reason", measurement.reason);
  field("samples", measurement.samples);
  field.or_absent("ranks", measurement.ranks);
  field.or_absent("metrics", measurement.metrics);
  field("speed_of_light_fraction", measurement.speed_of_light_fraction);
  field("verification", measurement.verification);
  field.or_absent("telemetry", measurement.telemetry);
  field("transport", measurement.transport);
  field("pair", measurement.pair);
  field.or_absent("extensions", measurement.extensions);
}

void visit_fields(auto& field, Like<RunFacts> auto& run) {
  field("id", run.id);
  field("started", run.started);
  field.or_absent("finished", run.finished);
  field.group("profile", [&](auto& profile) {
    profile("name", run.profile_name);
    profile("sha256", run.profile_sha256);
  });
  field("backend", run.backend);
  field("command", run.command);
  field.or_absent("filter", run.filter);
  field.or_absent("tables", run.tables);
  field("seed", run.seed);
  field("world_size", run.world_size);
  field("rank", run.rank);
}

void visit_fields(auto& field, Like<Link> auto& link) {
  field("a", link.a);
  field("b", link.b);
  field("kind", link.kind);
  field("measurement", link.measurement);
}

void visit_fields(auto& field, Like<FabricFacts> auto& fabric) {
  field("nodes", fabric.nodes);
  field("racks", fabric.racks);
}

void visit_fields(auto& field, Like<IsolationFacts> auto& isolation) {
  field("seed", isolation.seed);
  field("nodes", isolation.nodes);
  field("racks", isolation.racks);
  field.or_absent("nics", isolation.nics);
}

void visit_fields(auto& field, Like<NamedDocument> auto& document) {
  field("name", document.name);
  field("sha256", document.sha256);
}

void visit_fields(auto& field, Like<ReportedCheck> auto& check) {
  field("name", check.name);
  field.or_absent("category", check.category);
  field.or_absent("subject", check.subject);
  field("status", check.status);
  field.or_absent("detail", check.detail);
}

void visit_fields(auto& field, Like<ImportedFacts> auto& imported) {
  field("tool", imported.tool);
  field.or_absent("version", imported.version);
  field("file", imported.file);
  field("sha256", imported.sha256);
  field("unsaid", imported.unsaid);
  field.or_absent("left_out", imported.left_out);
  field.or_absent("checks", imported.checks);
}

void visit_fields(auto& field, Like<Result> auto& result) {
  field.constant("kind", "assay.result");
  field("schema_version", result.schema_version);
  field("status", result.status);
  field.or_absent("error", result.error);
  field("simulated", result.simulated);
  field("run", result.run);
  field("software", result.software);
  field("nodes", result.nodes);
  field("measurements", result.measurements);
  field("links", result.links);
  field("fits", result.fits);
  field("fabric", result.fabric);
  field("isolation", result.isolation);
  field("documents", result.documents);
  field("imported", result.imported);
  field.or_absent("extensions", result.extensions);
}

}  // namespace assay
