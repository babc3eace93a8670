// Reads and writes the extension `kubernetes`.
#include "harness/core/cluster_facts.h"

#include "harness/core/error.h"
#include "harness/core/fields.h"

namespace assay {

namespace {

constexpr const char* kExtension = "kubernetes";

}  // namespace

void visit_fields(auto& field, Like<GangFacts> auto& gang) {
  field("scheduler", gang.scheduler);
  field("pods", gang.pods);
  field("partial_s", gang.partial_s);
  field.or_default("held_back_s", gang.held_back_s);
}

void visit_fields(auto& field, Like<GangContentionFacts> auto& facts) {
  field("scheduler", facts.scheduler);
  field("pods", facts.pods);
  field("window_s", facts.window_s);
  field("bound_early", facts.bound_early);
  field("partial_s", facts.partial_s);
  field("first_s", facts.first_s);
  field("second_s", facts.second_s);
}

void visit_fields(auto& field, Like<WebhookFacts> auto& facts) {
  field("resource", facts.resource);
  field("good_taken", facts.good_taken);
  field.or_absent("good_answer", facts.good_answer);
  field.or_absent("denied_by", facts.denied_by);
  field.or_absent("bad_answer", facts.bad_answer);
}

void visit_fields(auto& field, Like<AutoscalingFacts> auto& facts) {
  field.or_absent("autoscaler", facts.autoscaler);
  field("nodes", facts.nodes);
  field("pods", facts.pods);
  field("added", facts.added);
  field("waited_s", facts.waited_s);
  field("bound_s", facts.bound_s);
  field("removed_s", facts.removed_s);
}

void visit_fields(auto& field, Like<ExportedDevice> auto& one) {
  field("device", one.device);
  field("node", one.node);
  field.or_absent("utilization_metric", one.utilization_metric);
  field.or_absent("utilization", one.utilization);
  field.or_absent("memory_metric", one.memory_metric);
  field.or_absent("memory", one.memory);
}

void visit_fields(auto& field, Like<ExporterFacts> auto& facts) {
  field("exporter", facts.exporter);
  field("scrapes", facts.scrapes);
  field("devices", facts.devices);
  field.or_absent("faults", facts.faults);
}

void visit_fields(auto& field, Like<AlignmentFacts> auto& facts) {
  field("asked", facts.asked);
  field("shared", facts.shared);
  field("apart", facts.apart);
}

void visit_fields(auto& field, Like<ClusterFacts> auto& facts) {
  field.or_absent("submitted", facts.submitted);
  field.or_absent("published", facts.published);
  field("unclaimed", facts.unclaimed);
  field("gang", facts.gang);
  field("alignment", facts.alignment);
  field("gang_contention", facts.gang_contention);
  field.or_absent("webhooks", facts.webhooks);
  field("autoscaling", facts.autoscaling);
  field("exporter", facts.exporter);
}

std::optional<ClusterFacts> cluster_facts(const Result& result) {
  if (!result.extensions.is_object() || !result.extensions.contains(kExtension))
    return std::nullopt;
  return read_document<ClusterFacts>(
      result.extensions[kExtension],
      "run " + result.run.id + ": extension kubernetes has another form");
}

void set_cluster_facts(const ClusterFacts& facts, Result& result) {
  if (!result.extensions.is_object()) result.extensions = Json::object();
  result.extensions[kExtension] = written(facts);
}

}  // namespace assay
