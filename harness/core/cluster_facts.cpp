// Reads and writes the extension `kubernetes`.
#include "harness/core/cluster_facts.h"

#include "harness/core/error.h"

namespace assay {

namespace {

constexpr const char* kExtension = "kubernetes";

std::optional<double> optional_number(const Json& json, const char* key) {
  return json.contains(key) ? std::optional(json[key].get<double>()) : std::nullopt;
}

void set_optional(Json& json, const char* key, const std::optional<double>& value) {
  if (value) json[key] = *value;
}

GangFacts gang_of(const Json& json) {
  return {json.at("scheduler"), json.at("pods"), json.at("partial_s"),
          json.value("held_back_s", 0.0)};
}

Json to_json(const GangFacts& gang) {
  return {{"scheduler", gang.scheduler},
          {"pods", gang.pods},
          {"partial_s", gang.partial_s},
          {"held_back_s", gang.held_back_s}};
}

GangContentionFacts contention_of(const Json& json) {
  return {json.at("scheduler"),
          json.at("pods"),
          json.at("window_s"),
          json.at("bound_early"),
          json.at("partial_s"),
          optional_number(json, "first_s"),
          optional_number(json, "second_s")};
}

Json to_json(const GangContentionFacts& facts) {
  Json json = {{"scheduler", facts.scheduler},
               {"pods", facts.pods},
               {"window_s", facts.window_s},
               {"bound_early", facts.bound_early},
               {"partial_s", facts.partial_s}};
  set_optional(json, "first_s", facts.first_s);
  set_optional(json, "second_s", facts.second_s);
  return json;
}

WebhookFacts webhook_of(const Json& json) {
  return {json.at("resource"), json.at("good_taken"), json.value("good_answer", ""),
          json.value("denied_by", ""), json.value("bad_answer", "")};
}

Json to_json(const WebhookFacts& facts) {
  Json json = {{"resource", facts.resource}, {"good_taken", facts.good_taken}};
  if (!facts.good_answer.empty()) json["good_answer"] = facts.good_answer;
  if (!facts.denied_by.empty()) json["denied_by"] = facts.denied_by;
  if (!facts.bad_answer.empty()) json["bad_answer"] = facts.bad_answer;
  return json;
}

AutoscalingFacts autoscaling_of(const Json& json) {
  return {json.value("autoscaler", ""),
          json.at("nodes"),
          json.at("pods"),
          json.at("added"),
          json.at("waited_s"),
          optional_number(json, "bound_s"),
          optional_number(json, "removed_s")};
}

Json to_json(const AutoscalingFacts& facts) {
  Json json = {{"nodes", facts.nodes},
               {"pods", facts.pods},
               {"added", facts.added},
               {"waited_s", facts.waited_s}};
  if (!facts.autoscaler.empty()) json["autoscaler"] = facts.autoscaler;
  set_optional(json, "bound_s", facts.bound_s);
  set_optional(json, "removed_s", facts.removed_s);
  return json;
}

ExportedDevice exported_of(const Json& json) {
  ExportedDevice one;
  one.device = json.at("device");
  one.node = json.at("node");
  one.utilization_metric = json.value("utilization_metric", "");
  one.memory_metric = json.value("memory_metric", "");
  one.utilization = json.value("utilization", one.utilization);
  one.memory = json.value("memory", one.memory);
  return one;
}

Json to_json(const ExportedDevice& one) {
  Json json = {{"device", one.device}, {"node", one.node}};
  if (!one.utilization_metric.empty()) {
    json["utilization_metric"] = one.utilization_metric;
    json["utilization"] = one.utilization;
  }
  if (!one.memory_metric.empty()) {
    json["memory_metric"] = one.memory_metric;
    json["memory"] = one.memory;
  }
  return json;
}

ExporterFacts exporter_of(const Json& json) {
  ExporterFacts facts;
  facts.exporter = json.at("exporter");
  facts.scrapes = json.at("scrapes");
  for (const Json& one : json.at("devices")) facts.devices.push_back(exported_of(one));
  facts.faults = json.value("faults", facts.faults);
  return facts;
}

Json to_json(const ExporterFacts& facts) {
  Json json = {
      {"exporter", facts.exporter}, {"scrapes", facts.scrapes}, {"devices", Json::array()}};
  for (const ExportedDevice& one : facts.devices) json["devices"].push_back(to_json(one));
  if (!facts.faults.empty()) json["faults"] = facts.faults;
  return json;
}

ClusterFacts read(const Json& json) {
  ClusterFacts facts;
  facts.submitted = json.value("submitted", "");
  facts.published = json.value("published", facts.published);
  if (json.contains("unclaimed"))
    facts.unclaimed = json["unclaimed"].get<std::vector<std::string>>();
  if (json.contains("gang")) facts.gang = gang_of(json["gang"]);
  if (json.contains("gang_contention"))
    facts.gang_contention = contention_of(json["gang_contention"]);
  if (json.contains("webhooks"))
    for (const Json& one : json["webhooks"]) facts.webhooks.push_back(webhook_of(one));
  if (json.contains("autoscaling")) facts.autoscaling = autoscaling_of(json["autoscaling"]);
  if (json.contains("exporter")) facts.exporter = exporter_of(json["exporter"]);
  return facts;
}

}  // namespace

std::optional<ClusterFacts> cluster_facts(const Result& result) {
  if (!result.extensions.is_object() || !result.extensions.contains(kExtension))
    return std::nullopt;
  try {
    return read(result.extensions[kExtension]);
  } catch (const Json::exception& problem) {
    throw Error("run " + result.run.id +
                ": extension kubernetes has another form: " + problem.what());
  }
}

void set_cluster_facts(const ClusterFacts& facts, Result& result) {
  Json json = Json::object();
  if (!facts.submitted.empty()) json["submitted"] = facts.submitted;
  if (!facts.published.empty()) json["published"] = facts.published;
  if (facts.unclaimed) json["unclaimed"] = *facts.unclaimed;
  if (facts.gang) json["gang"] = to_json(*facts.gang);
  if (facts.gang_contention) json["gang_contention"] = to_json(*facts.gang_contention);
  for (const WebhookFacts& one : facts.webhooks) json["webhooks"].push_back(to_json(one));
  if (facts.autoscaling) json["autoscaling"] = to_json(*facts.autoscaling);
  if (facts.exporter) json["exporter"] = to_json(*facts.exporter);
  if (!result.extensions.is_object()) result.extensions = Json::object();
  result.extensions[kExtension] = json;
}

}  // namespace assay
