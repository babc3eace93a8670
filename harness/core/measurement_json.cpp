// Measurements to JSON and back.
#include "harness/core/measurement_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/core/json_value.h"
#include "harness/core/message.h"

namespace assay {

namespace {

const char* name(Verification::Status status) {
  switch (status) {
    case Verification::Status::exact:
      return "exact";
    case Verification::Status::within_tolerance:
      return "within_tolerance";
    case Verification::Status::failed:
      return "failed";
  }
  throw Error("a verification status outside its enumeration");
}

Json shape_to_json(const Shape& shape) {
  Json json = Json::object();
  for (const Shape::Entry& entry : shape.entries()) {
    json[entry.key] = entry.value ? Json(*entry.value) : Json(true);
  }
  return json;
}

Json to_json(const Samples& samples) {
  Json json = {{"count", samples.count},
               {"discarded", samples.discarded},
               {"discard_reasons", Json::object()},
               {"median_s", samples.median_s},
               {"p5_s", samples.p5_s}};
  for (const auto& [reason, count] : samples.discard_reasons) {
    json["discard_reasons"][reason] = count;
  }
  put(json, "p95_s", samples.p95_s);
  put(json, "p99_s", samples.p99_s);
  json["ci_low_s"] = samples.ci_low_s;
  json["ci_high_s"] = samples.ci_high_s;
  json["ci_level"] = samples.ci_level;
  json["stop_reason"] = samples.stop_reason;
  json["values_s"] = samples.values_s;
  return json;
}

Samples samples_from_json(const Json& json) {
  Samples samples;
  json.at("count").get_to(samples.count);
  take(json, "discarded", samples.discarded);
  take(json, "discard_reasons", samples.discard_reasons);
  json.at("median_s").get_to(samples.median_s);
  json.at("p5_s").get_to(samples.p5_s);
  take(json, "p95_s", samples.p95_s);
  take(json, "p99_s", samples.p99_s);
  json.at("ci_low_s").get_to(samples.ci_low_s);
  json.at("ci_high_s").get_to(samples.ci_high_s);
  json.at("ci_level").get_to(samples.ci_level);
  json.at("stop_reason").get_to(samples.stop_reason);
  json.at("values_s").get_to(samples.values_s);
  return samples;
}

Json to_json(const Verification& verification) {
  Json json = {{"status", name(verification.status)}};
  // A wrong kernel often leaves NaN behind: the failure must still be written down.
  const bool writable = !verification.error || std::isfinite(*verification.error);
  if (verification.ok() || writable) put(json, "error", verification.error);
  put(json, "tolerance", verification.tolerance);
  put(json, "checksum", verification.checksum);
  return json;
}

Verification verification_from_json(const Json& json) {
  using Status = Verification::Status;
  Verification verification;
  const auto status = json.at("status").get<std::string>();
  for (const Status known : {Status::exact, Status::within_tolerance, Status::failed}) {
    if (status == name(known)) verification.status = known;
  }
  take(json, "error", verification.error);
  take(json, "tolerance", verification.tolerance);
  take(json, "checksum", verification.checksum);
  return verification;
}

Json to_json(const Transport& transport) {
  Json json = Json::object();
  if (!transport.algorithm.empty()) json["algorithm"] = transport.algorithm;
  if (!transport.protocol.empty()) json["protocol"] = transport.protocol;
  put(json, "channels", transport.channels);
  if (!transport.kind.empty()) json["kind"] = transport.kind;
  json["nics"] = transport.nics;
  return json;
}

Transport transport_from_json(const Json& json) {
  Transport transport;
  take(json, "algorithm", transport.algorithm);
  take(json, "protocol", transport.protocol);
  take(json, "channels", transport.channels);
  take(json, "kind", transport.kind);
  take(json, "nics", transport.nics);
  return transport;
}

/// The case says everything once; its parts say it again for readers without a parser. They must
/// agree. The order of the shape's fields means nothing in JSON.
void require_consistent(const Json& json, const CaseId& id) {
  const auto require = [&](const char* field, const Json& of_case) {
    if (json.at(field) != of_case) {
      throw Error(fmt::format("/{}: {} contradicts case {}", field,
                              printable(json.at(field).dump(), 80), in_quotes(id.str(), 120)));
    }
  };
  require("workload", id.workload);
  require("dtype", id.dtype);
  require("implementation", id.implementation);
  const nlohmann::json sorted = shape_to_json(id.shape);
  if (nlohmann::json(json.at("shape")) != sorted) require("shape", shape_to_json(id.shape));
}

void require_ordered(const Samples& samples) {
  const auto require = [](bool ordered, const char* field, const char* what) {
    if (!ordered) throw Error(fmt::format("/samples/{}: {}", field, what));
  };
  require(samples.p5_s <= samples.median_s, "p5_s", "above median_s");
  require(samples.ci_low_s <= samples.median_s, "ci_low_s", "above median_s");
  require(samples.median_s <= samples.ci_high_s, "ci_high_s", "below median_s");
  require(!samples.p95_s || samples.median_s <= *samples.p95_s, "p95_s", "below median_s");
  require(!samples.p99_s || samples.median_s <= *samples.p99_s, "p99_s", "below median_s");
  require(static_cast<std::int64_t>(samples.values_s.size()) <= samples.count, "values_s",
          "holds more values than count says were taken");
}

}  // namespace

Json to_json(const Measurement& measurement) {
  Json json = {
      {"case", measurement.id.str()},
      {"workload", measurement.id.workload},
      {"dtype", measurement.id.dtype},
      {"implementation", measurement.id.implementation},
      {"shape", shape_to_json(measurement.id.shape)},
      {"group", measurement.group},
      {"series", name(measurement.series)},
      {"scope", {{"level", measurement.scope.level}, {"members", measurement.scope.members}}},
      {"inputs", {{"pattern", measurement.input_pattern}, {"seed", measurement.input_seed}}},
      {"started", measurement.started},
      {"status", name(measurement.status)}};
  if (!measurement.reason.empty()) json["reason"] = measurement.reason;
  if (measurement.samples) json["samples"] = to_json(*measurement.samples);
  for (const RankSamples& rank : measurement.ranks) {
    Json entry = {{"rank", rank.rank}, {"median_s", rank.median_s}};
    put(entry, "p99_s", rank.p99_s);
    json["ranks"].push_back(std::move(entry));
  }
  if (!measurement.metrics.empty()) json["metrics"] = measurement.metrics;
  put(json, "speed_of_light_fraction", measurement.speed_of_light_fraction);
  if (measurement.verification) json["verification"] = to_json(*measurement.verification);
  if (!measurement.telemetry.empty()) json["telemetry"] = measurement.telemetry;
  if (measurement.transport) json["transport"] = to_json(*measurement.transport);
  if (!measurement.extensions.empty()) json["extensions"] = measurement.extensions;
  return json;
}

Measurement measurement_from_json(const Json& json) {
  Measurement measurement;
  measurement.id = CaseId::parse(json.at("case").get<std::string>());
  require_consistent(json, measurement.id);
  json.at("group").get_to(measurement.group);
  measurement.series = series_from_name(json.at("series").get<std::string>());
  json.at("scope").at("level").get_to(measurement.scope.level);
  json.at("scope").at("members").get_to(measurement.scope.members);
  json.at("inputs").at("pattern").get_to(measurement.input_pattern);
  measurement.input_seed = seed_from_json(json.at("inputs").at("seed"));
  json.at("started").get_to(measurement.started);
  using Status = MeasurementStatus;
  measurement.status = enum_from_name<Status>(
      json.at("status").get<std::string>(),
      {Status::measured, Status::failed_verification, Status::not_applicable, Status::error});
  take(json, "reason", measurement.reason);
  if (json.contains("samples")) {
    measurement.samples = samples_from_json(json["samples"]);
    require_ordered(*measurement.samples);
  }
  if (const auto ranks = json.find("ranks"); ranks != json.end()) {
    for (const Json& entry : *ranks) {
      RankSamples rank;
      entry.at("rank").get_to(rank.rank);
      entry.at("median_s").get_to(rank.median_s);
      take(entry, "p99_s", rank.p99_s);
      measurement.ranks.push_back(rank);
    }
  }
  take(json, "metrics", measurement.metrics);
  take(json, "speed_of_light_fraction", measurement.speed_of_light_fraction);
  if (json.contains("verification")) {
    measurement.verification = verification_from_json(json["verification"]);
  }
  take(json, "telemetry", measurement.telemetry);
  if (json.contains("transport")) measurement.transport = transport_from_json(json["transport"]);
  take(json, "extensions", measurement.extensions);
  return measurement;
}

}  // namespace assay
