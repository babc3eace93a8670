// Cuts the lists of figures.
#include "harness/report/verdict_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace assay {

namespace {

/// As the names of subjects begin: `node-a device 3,`.
std::string device_of(const Json& entry) {
  const bool has_device = entry.is_object() && entry.contains("node") && entry.contains("device") &&
                          entry["node"].is_string() && entry["device"].is_number_integer();
  if (!has_device) return "";
  return fmt::format("{} device {},", entry["node"].get<std::string>(), entry["device"].get<int>());
}

std::set<std::string> named_devices(const Json& requirement) {
  std::set<std::string> named;
  for (const Json& subject : requirement["subjects"]) {
    const std::string& name = subject["name"].get_ref<const std::string&>();
    named.insert(name.substr(0, name.find(',') + 1));
  }
  return named;
}

/// What is named comes first, as it does on the page.
Json shortened(const Json& list, const std::set<std::string>& named) {
  Json kept = Json::array();
  for (const bool is_named : {true, false}) {
    for (const Json& entry : list) {
      if (kept.size() == kListedFigures) return kept;
      if (named.contains(device_of(entry)) == is_named) kept.push_back(entry);
    }
  }
  return kept;
}

}  // namespace

Json verdict_data(const VerdictDocument& verdict) {
  Json document = to_json(verdict);
  for (Json& requirement : document["requirements"]) {
    for (auto& [key, value] : requirement["figures"].items()) {
      if (!value.is_array() || value.size() <= kListedFigures) continue;
      requirement["left_out"][key] = value.size() - kListedFigures;
      value = shortened(value, named_devices(requirement));
    }
  }
  return document;
}

}  // namespace assay
