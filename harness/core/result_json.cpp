// The result document to JSON and back.
#include <fmt/format.h>

#include "harness/core/json_value.h"
#include "harness/core/measurement_json.h"
#include "harness/core/node_json.h"
#include "harness/core/result.h"

namespace assay {

namespace {

Json to_json(const RunFacts& run) {
  Json json = {{"id", run.id}, {"started", run.started}};
  if (!run.finished.empty()) json["finished"] = run.finished;
  json["profile"] = {{"name", run.profile_name}, {"sha256", run.profile_sha256}};
  json["backend"] = run.backend;
  json["command"] = run.command;
  json["seed"] = run.seed;
  json["world_size"] = run.world_size;
  return json;
}

RunFacts run_from_json(const Json& json) {
  RunFacts run;
  json.at("id").get_to(run.id);
  json.at("started").get_to(run.started);
  take(json, "finished", run.finished);
  json.at("profile").at("name").get_to(run.profile_name);
  json.at("profile").at("sha256").get_to(run.profile_sha256);
  json.at("backend").get_to(run.backend);
  json.at("command").get_to(run.command);
  run.seed = seed_from_json(json.at("seed"));
  json.at("world_size").get_to(run.world_size);
  return run;
}

Measurement read_measurement(const Json& json, std::size_t index) {
  try {
    return measurement_from_json(json);
  } catch (const Error& problem) {
    const std::string what = problem.what();
    const char* separator = what.starts_with('/') ? "" : ": ";
    throw Error(fmt::format("/measurements/{}{}{}", index, separator, what));
  }
}

void require_links_exist(const Json& links, std::size_t measurements) {
  for (std::size_t i = 0; i < links.size(); ++i) {
    const auto index = links[i].at("measurement").get<std::size_t>();
    if (index >= measurements) {
      throw Error(
          fmt::format("/links/{}/measurement: {} is not the index of a measurement, of "
                      "which there are {}",
                      i, index, measurements));
    }
  }
}

}  // namespace

Json to_json(const Result& result) {
  Json json = {
      {"kind", "assay.result"}, {"schema_version", "1.0"}, {"status", name(result.status)}};
  if (!result.error.empty()) json["error"] = result.error;
  json["simulated"] = result.simulated;
  json["run"] = to_json(result.run);
  json["software"] = Json::object();
  for (const auto& [what, version] : result.software) json["software"][what] = version;
  json["nodes"] = Json::array();
  for (const NodeFacts& node : result.nodes) json["nodes"].push_back(to_json(node));
  json["measurements"] = Json::array();
  for (const Measurement& measurement : result.measurements) {
    json["measurements"].push_back(to_json(measurement));
  }
  json["links"] = result.links;
  json["fits"] = result.fits;
  if (!result.extensions.empty()) json["extensions"] = result.extensions;
  require_finite(json, "result document");
  return json;
}

Result result_from_json(const Json& document) {
  return reading("result document", [&] {
    using Status = RunStatus;
    Result result;
    result.status = enum_from_name<Status>(
        document.at("status").get<std::string>(),
        {Status::running, Status::complete, Status::interrupted, Status::error});
    take(document, "error", result.error);
    document.at("simulated").get_to(result.simulated);
    result.run = run_from_json(document.at("run"));
    document.at("software").get_to(result.software);
    for (const Json& node : document.at("nodes")) result.nodes.push_back(node_from_json(node));
    const Json& measurements = document.at("measurements");
    for (std::size_t i = 0; i < measurements.size(); ++i) {
      result.measurements.push_back(read_measurement(measurements[i], i));
    }
    result.links = document.at("links");
    require_links_exist(result.links, measurements.size());
    result.fits = document.at("fits");
    take(document, "extensions", result.extensions);
    return result;
  });
}

}  // namespace assay
