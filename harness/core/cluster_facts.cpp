// Reads and writes the extension `kubernetes`.
#include "harness/core/cluster_facts.h"

#include "harness/core/error.h"

namespace assay {

namespace {

constexpr const char* kExtension = "kubernetes";

ClusterFacts read(const Json& json) {
  ClusterFacts facts;
  facts.submitted = json.value("submitted", "");
  facts.published = json.value("published", facts.published);
  if (json.contains("unclaimed"))
    facts.unclaimed = json["unclaimed"].get<std::vector<std::string>>();
  if (json.contains("gang")) {
    const Json& gang = json["gang"];
    facts.gang = GangFacts{gang.at("scheduler").get<std::string>(), gang.at("pods").get<int>(),
                           gang.at("partial_s").get<double>(), gang.value("held_back_s", 0.0)};
  }
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
  if (facts.gang)
    json["gang"] = {{"scheduler", facts.gang->scheduler},
                    {"pods", facts.gang->pods},
                    {"partial_s", facts.gang->partial_s},
                    {"held_back_s", facts.gang->held_back_s}};
  if (!result.extensions.is_object()) result.extensions = Json::object();
  result.extensions[kExtension] = json;
}

}  // namespace assay
