// Profiles: from a file or a name to what `run` measures and `check` requires.
#include "harness/core/profile.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "harness/core/digest.h"
#include "harness/core/document.h"
#include "harness/core/document_schema.h"
#include "harness/core/embedded.h"
#include "harness/core/json_value.h"
#include "harness/core/profile_json.h"

namespace assay {

namespace {

constexpr std::string_view kFolder = "profiles";
constexpr std::string_view kExtension = ".json";

SamplingRule sampling_from_json(const Json& json) {
  SamplingRule rule;
  take(json, "min_samples", rule.min_samples);
  take(json, "min_time_s", rule.min_time_s);
  take(json, "max_time_s", rule.max_time_s);
  take(json, "rel_stdev", rule.rel_stdev);
  if (rule.max_time_s < rule.min_time_s) {
    throw Error(fmt::format("/sampling: max_time_s {} is less than min_time_s {}", rule.max_time_s,
                            rule.min_time_s));
  }
  return rule;
}

ProfileCases cases_from_json(const Json& json, const std::vector<std::string>& backends) {
  ProfileCases cases;
  json.at("workload").get_to(cases.workload);
  json.at("backend").get_to(cases.backend);
  if (std::find(backends.begin(), backends.end(), cases.backend) == backends.end()) {
    throw Error(fmt::format("/backend: {} is not among the profile's backends", cases.backend));
  }
  json.at("dtypes").get_to(cases.dtypes);
  take(json, "implementations", cases.implementations);
  for (const Json& shape : json.at("shapes")) {
    cases.shapes.push_back(Shape::parse(shape.get<std::string>()));
  }
  for (const Json& series : json.value("series", Json::array({"cold"}))) {
    cases.series.push_back(series_from_name(series.get<std::string>()));
  }
  take(json, "scope", cases.scope);
  return cases;
}

ProfileRequirement requirement_from_json(const Json& json) {
  ProfileRequirement requirement;
  json.at("id").get_to(requirement.id);
  json.at("kind").get_to(requirement.kind);
  requirement.level =
      enum_from_name<Level>(json.at("level").get<std::string>(), {Level::must, Level::should});
  take(json, "applies_when", requirement.applies_when);
  take(json, "parameters", requirement.parameters);
  return requirement;
}

Profile profile_of(const Json& document) {
  Profile profile;
  document.at("name").get_to(profile.name);
  document.at("description").get_to(profile.description);
  document.at("backends").get_to(profile.backends);
  profile.sampling = sampling_from_json(document.value("sampling", Json::object()));
  const Json& cases = document.at("cases");
  for (std::size_t i = 0; i < cases.size(); ++i) {
    try {
      profile.cases.push_back(cases_from_json(cases[i], profile.backends));
    } catch (const Error& problem) {
      const std::string what = problem.what();
      throw Error(fmt::format("/cases/{}{}{}", i, what.starts_with('/') ? "" : ": ", what));
    }
  }
  std::set<std::string> ids;
  for (const Json& requirement : document.at("requirements")) {
    profile.requirements.push_back(requirement_from_json(requirement));
    if (!ids.insert(profile.requirements.back().id).second) {
      throw Error(fmt::format("/requirements/{}/id: {} is already another requirement's",
                              ids.size(), profile.requirements.back().id));
    }
  }
  return profile;
}

std::string known_names() {
  std::string names;
  for (const std::string& name : builtin_profile_names()) {
    names += (names.empty() ? "" : ", ") + name;
  }
  return names.empty() ? "none" : names;
}

}  // namespace

Profile profile_from_json(const Json& document, const std::string& where) {
  try {
    return reading("profile", [&] { return profile_of(document); });
  } catch (const Error& problem) {
    throw Error(where + ": " + problem.what());
  }
}

Profile profile_from_text(const std::string& text, const std::string& where) {
  const Json document = parse_json(text, where);
  check_schema(document, DocumentKind::profile, where);
  Profile profile = profile_from_json(document, where);
  profile.sha256 = sha256_hex(text);
  return profile;
}

std::vector<std::string> builtin_profile_names() {
  std::vector<std::string> names;
  for (const EmbeddedFile& file : embedded_folder(kFolder)) {
    std::string_view name = file.name.substr(kFolder.size() + 1);
    name.remove_suffix(kExtension.size());
    names.emplace_back(name);
  }
  return names;
}

Profile load_profile(const std::string& name_or_path) {
  const std::vector<std::string> names = builtin_profile_names();
  if (std::find(names.begin(), names.end(), name_or_path) != names.end()) {
    const std::string file = fmt::format("{}/{}{}", kFolder, name_or_path, kExtension);
    return profile_from_text(std::string(embedded_file(file)), file);
  }
  std::error_code ignored;  // a name too long for a file is no file
  if (!std::filesystem::exists(name_or_path, ignored)) {
    throw Error(fmt::format("profile {}: neither a built-in profile ({}) nor a file", name_or_path,
                            known_names()));
  }
  return profile_from_text(read_text(name_or_path), name_or_path);
}

}  // namespace assay
