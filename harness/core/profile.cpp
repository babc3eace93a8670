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
#include "harness/core/profile_fields.h"
#include "harness/core/profile_json.h"

namespace assay {

namespace {

constexpr std::string_view kFolder = "profiles";
constexpr std::string_view kExtension = ".json";

std::string known_names() {
  std::string names;
  for (const std::string& name : builtin_profile_names()) {
    names += (names.empty() ? "" : ", ") + name;
  }
  return names.empty() ? "none" : names;
}

}  // namespace

void require_sound(const SamplingRule& rule) {
  if (rule.max_time_s < rule.min_time_s) {
    throw Error(
        fmt::format("max_time_s {} is less than min_time_s {}", rule.max_time_s, rule.min_time_s));
  }
}

void require_sound(const Profile& profile) {
  const std::vector<std::string>& backends = profile.backends;
  for (std::size_t i = 0; i < profile.cases.size(); ++i) {
    const std::string& backend = profile.cases[i].backend;
    if (std::find(backends.begin(), backends.end(), backend) != backends.end()) continue;
    throw Error(
        fmt::format("/cases/{}/backend: {} is not among the profile's backends", i, backend));
  }
  std::set<std::string> ids;
  for (const ProfileRequirement& requirement : profile.requirements) {
    if (ids.insert(requirement.id).second) continue;
    throw Error(fmt::format("/requirements/{}/id: {} is already another requirement's", ids.size(),
                            requirement.id));
  }
}

Profile profile_from_json(const Json& document, const std::string& where) {
  return read_document<Profile>(document, where);
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
