// Lays a profile's requirements out; durations are the profile's own or the most that its sampling
// allows.
#include "harness/cli/list_profile.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "harness/cli/manual.h"
#include "harness/cli/table.h"
#include "harness/cli/terminal.h"
#include "harness/conformance/requirement.h"

namespace assay::cli {

namespace {

std::string axis_of(const ProfileRequirement& asked) {
  for (const auto& known : requirements())
    if (known->kind() == asked.kind) return name(known->axis());
  return "";
}

std::string alternatives(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_array()) return value.dump();
  std::string text;
  for (const Json& one : value) text += (text.empty() ? "" : " or ") + alternatives(one);
  return text;
}

std::string when(const Json& applies_when) {
  std::string text;
  for (const auto& [key, value] : applies_when.items())
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", key, alternatives(value));
  return text.empty() ? "always" : text;
}

std::vector<Profile> profiles_of_users() {
  const std::vector<std::string> developers = developer_profile_names();
  std::vector<Profile> profiles;
  for (const std::string& name : builtin_profile_names())
    if (std::find(developers.begin(), developers.end(), name) == developers.end())
      profiles.push_back(load_profile(name));
  return profiles;
}

std::string joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, ", "));
}

/// The most that sampling takes, of what runs on one device here.
std::string at_most(const std::vector<ListedCase>& cases, const std::string& backend) {
  double seconds = 0;
  for (const ListedCase& one : cases)
    if (name(one.backend) == backend) seconds += one.group.sampling.max_time_s;
  return fmt::format("at most {:.0f} s of samples of each device and scope, and what verifies them",
                     seconds);
}

}  // namespace

Json profiles_json() {
  Json entries = Json::array();
  for (const Profile& profile : profiles_of_users())
    entries.push_back({{"name", profile.name},
                       {"backends", profile.backends},
                       {"description", profile.description}});
  return entries;
}

std::string profiles_text() {
  Rows rows = {{"profile", "backends", "what it is for"}};
  for (const Profile& profile : profiles_of_users())
    rows.push_back({profile.name, joined(profile.backends), profile.description});
  return table(rows, line_columns(stdout));
}

void add_profile(const Profile& profile, Json& list) {
  list["description"] = profile.description;
  if (!profile.duration_s.empty()) list["duration_s"] = profile.duration_s;
  Json entries = Json::array();
  for (const ProfileRequirement& one : profile.requirements) {
    Json entry = {{"id", one.id},
                  {"kind", one.kind},
                  {"level", name(one.level)},
                  {"axis", axis_of(one)},
                  {"applies_when", one.applies_when}};
    if (!one.why.empty()) entry["why"] = one.why;
    entries.push_back(std::move(entry));
  }
  list["requirements"] = std::move(entries);
}

std::string profile_text(const Profile& profile, const std::vector<ListedCase>& cases) {
  Rows rows = {{"requirement", "level", "axis", "applies when, and why"}};
  for (const ProfileRequirement& one : profile.requirements) {
    rows.push_back({one.id, name(one.level), axis_of(one), when(one.applies_when)});
    if (!one.why.empty()) rows.push_back({"", one.why});
  }
  std::string text = table(rows, line_columns(stdout)) + "\n";
  for (const std::string& backend : profile.backends) {
    if (std::none_of(cases.begin(), cases.end(),
                     [&](const ListedCase& one) { return name(one.backend) == backend; }))
      continue;
    const auto known = profile.duration_s.find(backend);
    text += wrap(fmt::format("A run on {} takes {}.", backend,
                             known == profile.duration_s.end()
                                 ? at_most(cases, backend)
                                 : fmt::format("about {:.0f} s", known->second)),
                 0, line_columns(stdout));
  }
  return text;
}

}  // namespace assay::cli
