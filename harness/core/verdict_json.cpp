// The verdict document to JSON and back.
#include "harness/core/json_value.h"
#include "harness/core/verdict.h"

namespace assay {

namespace {

Verdict verdict_from_name(const std::string& text) {
  return enum_from_name<Verdict>(
      text, {Verdict::pass, Verdict::warn, Verdict::fail, Verdict::not_evaluated});
}

Json to_json(const RequirementVerdict& requirement) {
  Json json = {{"id", requirement.id},
               {"level", name(requirement.level)},
               {"axis", name(requirement.axis)},
               {"verdict", name(requirement.verdict)},
               {"reason_code", requirement.reason_code},
               {"reason", requirement.reason}};
  json["subjects"] = Json::array();
  for (const Subject& subject : requirement.subjects) {
    json["subjects"].push_back({{"kind", subject.kind}, {"name", subject.name}});
  }
  json["figures"] = requirement.figures;
  return json;
}

RequirementVerdict requirement_from_json(const Json& json) {
  RequirementVerdict requirement;
  json.at("id").get_to(requirement.id);
  requirement.level =
      enum_from_name<Level>(json.at("level").get<std::string>(), {Level::must, Level::should});
  requirement.axis = enum_from_name<Axis>(json.at("axis").get<std::string>(),
                                          {Axis::functional, Axis::performance, Axis::validity});
  requirement.verdict = verdict_from_name(json.at("verdict").get<std::string>());
  json.at("reason_code").get_to(requirement.reason_code);
  json.at("reason").get_to(requirement.reason);
  for (const Json& subject : json.at("subjects")) {
    requirement.subjects.push_back(
        {subject.at("kind").get<std::string>(), subject.at("name").get<std::string>()});
  }
  requirement.figures = json.at("figures");
  return requirement;
}

}  // namespace

Json to_json(const VerdictDocument& document) {
  Json json = {{"kind", "assay.verdict"},
               {"schema_version", "1.0"},
               {"profile", {{"name", document.profile_name}}},
               {"verdict", name(document.verdict)}};
  json["counts"] = Json::object();
  for (const auto& [verdict, count] : document.counts) json["counts"][verdict] = count;
  json["requirements"] = Json::array();
  for (const RequirementVerdict& requirement : document.requirements) {
    json["requirements"].push_back(to_json(requirement));
  }
  require_finite(json, "verdict document");
  return json;
}

VerdictDocument verdict_from_json(const Json& document) {
  return reading("verdict document", [&] {
    VerdictDocument verdict;
    verdict.verdict = verdict_from_name(document.at("verdict").get<std::string>());
    document.at("profile").at("name").get_to(verdict.profile_name);
    document.at("counts").get_to(verdict.counts);
    for (const Json& requirement : document.at("requirements")) {
      verdict.requirements.push_back(requirement_from_json(requirement));
    }
    return verdict;
  });
}

}  // namespace assay
