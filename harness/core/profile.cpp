// Profiles: from a file or a name to what `run` measures and `check` requires.
#include "harness/core/profile.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "harness/core/asked_cases.h"
#include "harness/core/digest.h"
#include "harness/core/document.h"
#include "harness/core/document_schema.h"
#include "harness/core/embedded.h"
#include "harness/core/profile_fields.h"
#include "harness/core/profile_json.h"

namespace assay {

namespace {

constexpr std::string_view kFolder = "profiles", kDeveloperFolder = "profiles/developer";
constexpr std::string_view kExtension = ".json";

std::vector<std::string> names_in(std::string_view folder) {
  std::vector<std::string> names;
  for (const EmbeddedFile& file : embedded_folder(folder)) {
    std::string_view name = file.name.substr(folder.size() + 1);
    if (name.find('/') != std::string_view::npos) continue;
    name.remove_suffix(kExtension.size());
    names.emplace_back(name);
  }
  return names;
}

/// The file of a built-in profile; empty when there is none of that name.
std::string builtin_file(const std::string& name) {
  for (const std::string_view folder : {kFolder, kDeveloperFolder}) {
    const std::vector<std::string> names = names_in(folder);
    if (std::find(names.begin(), names.end(), name) != names.end())
      return fmt::format("{}/{}{}", folder, name, kExtension);
  }
  return "";
}

std::string known_names() {
  std::string names;
  for (const std::string& name : builtin_profile_names()) {
    names += (names.empty() ? "" : ", ") + name;
  }
  return names.empty() ? "none" : names;
}

template <class Entry>
bool has_all(const std::vector<Entry>& all, const std::vector<Entry>& some) {
  return std::all_of(some.begin(), some.end(), [&](const Entry& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
  });
}

template <class Entry>
bool is_same_set(const std::vector<Entry>& a, const std::vector<Entry>& b) {
  return has_all(a, b) && has_all(b, a);
}

/// Whether all that the line asks for is asked for by the other.
bool is_part_of(const ProfileCases& line, const ProfileCases& other) {
  const auto sampling = [](const ProfileCases& cases) {
    return cases.sampling ? written(*cases.sampling) : Json();
  };
  return line.workload == other.workload && line.backend == other.backend &&
         line.scope == other.scope && has_all(other.dtypes, line.dtypes) &&
         has_all(other.shapes, line.shapes) &&
         has_all(other.series_or_cold(), line.series_or_cold()) &&
         is_same_set(line.implementations, other.implementations) &&
         line.min_compute_capability == other.min_compute_capability &&
         is_same_set(line.compute_capabilities, other.compute_capabilities) &&
         sampling(line) == sampling(other);
}

/// Of two lines that are the same, the later is the second.
void refuse_second_line(const std::vector<ProfileCases>& lines) {
  for (std::size_t i = lines.size(); i-- > 0;)
    for (std::size_t other = 0; other < lines.size(); ++other)
      if (i != other && is_part_of(lines[i], lines[other]))
        throw Error(fmt::format(
            "/cases/{}: /cases/{} asks for all of it: remove the line or change what it asks for",
            i, other));
}

void refuse_excluded_capability(const ProfileCases& line, std::size_t place) {
  const std::string& least = line.min_compute_capability;
  for (std::size_t i = 0; i < line.compute_capabilities.size(); ++i)
    if (!least.empty() && !is_capable(line.compute_capabilities[i], least))
      throw Error(
          fmt::format("/cases/{}/compute_capability/{}: {} is below the line's "
                      "min_compute_capability, {}: remove one of the two",
                      place, i, line.compute_capabilities[i], least));
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
  for (std::size_t i = 0; i < profile.cases.size(); ++i)
    refuse_excluded_capability(profile.cases[i], i);
  refuse_second_line(profile.cases);
  for (const auto& [backend, seconds] : profile.duration_s) {
    if (std::find(backends.begin(), backends.end(), backend) != backends.end()) continue;
    throw Error(fmt::format("/duration_s: {} is not among the profile's backends", backend));
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
  std::vector<std::string> names = names_in(kFolder);
  for (std::string& name : developer_profile_names()) names.push_back(std::move(name));
  return names;
}

std::vector<std::string> developer_profile_names() { return names_in(kDeveloperFolder); }

Profile load_profile(const std::string& name_or_path) {
  if (const std::string file = builtin_file(name_or_path); !file.empty())
    return profile_from_text(std::string(embedded_file(file)), file);
  std::error_code ignored;  // a name too long for a file is no file
  if (!std::filesystem::exists(name_or_path, ignored)) {
    throw Error(fmt::format("profile {}: neither a built-in profile ({}) nor a file", name_or_path,
                            known_names()));
  }
  return profile_from_text(read_text(name_or_path), name_or_path);
}

}  // namespace assay
