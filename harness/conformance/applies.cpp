// The conditions that `applies_when` may name, one function each.
#include "harness/conformance/applies.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "harness/conformance/fabric.h"
#include "harness/conformance/nvlink_design.h"
#include "harness/conformance/possible_case.h"
#include "harness/conformance/probed.h"
#include "harness/core/asked_cases.h"
#include "harness/core/error.h"
#include "harness/core/regular_expression.h"

namespace assay {

namespace {

/// All documents of the verdict, with what is gathered from them where a condition needs it.
class Fleet {
 public:
  explicit Fleet(const Evidence& evidence) : profile(evidence.profile), results(evidence.results) {}
  const NvlinkPeers& nvlink() const {
    if (!nvlink_) nvlink_.emplace(results);
    return *nvlink_;
  }

  const Profile* profile;
  const std::vector<Result>& results;

 private:
  mutable std::optional<NvlinkPeers> nvlink_;
};

[[noreturn]] void refuse(const std::string& key, const std::string& expected) {
  throw Error(fmt::format("applies_when: '{}' must be {}", key, expected));
}

std::vector<std::string> texts(const std::string& key, const Json& value) {
  const Json list = value.is_array() ? value : Json::array({value});
  std::vector<std::string> found;
  for (const Json& entry : list) {
    if (!entry.is_string()) refuse(key, "a text or a list of texts");
    found.push_back(entry.get<std::string>());
  }
  return found;
}

std::vector<std::string> words_of(const std::string& key, const Json& value,
                                  const std::set<std::string>& known) {
  std::vector<std::string> found = texts(key, value);
  for (const std::string& one : found)
    if (!known.contains(one)) refuse(key, fmt::format("among {}", fmt::join(known, ", ")));
  return found;
}

std::vector<std::string> capabilities(const std::string& key, const Json& value) {
  static const RegularExpression form("[1-9][0-9]?[.][0-9]");
  std::vector<std::string> found = texts(key, value);
  for (const std::string& one : found)
    if (!form.is_all_of(one)) refuse(key, "as \"9.0\"");
  return found;
}

std::size_t count(const std::string& key, const Json& value) {
  if (!value.is_number_integer() || value.get<std::int64_t>() < 0) {
    refuse(key, "a whole number, 0 or more");
  }
  return value.get<std::size_t>();
}

bool backend(const Fleet&, const Result& result, const Json& value) {
  const auto wanted = texts("backend", value);
  return std::find(wanted.begin(), wanted.end(), result.run.backend) != wanted.end();
}

bool min_devices(const Fleet&, const Result& result, const Json& value) {
  const std::size_t wanted = count("min_devices", value);
  return std::any_of(result.nodes.begin(), result.nodes.end(),
                     [&](const NodeFacts& node) { return node.devices.size() >= wanted; });
}

bool min_nodes(const Fleet& fleet, const Result&, const Json& value) {
  const std::size_t wanted = count("min_nodes", value);
  std::set<std::string> names;
  for (const Result& result : fleet.results) {
    for (const NodeFacts& node : result.nodes) names.insert(node.name);
    if (names.size() >= wanted) return true;  // asked for each document: a fleet has thousands
  }
  return names.size() >= wanted;
}

bool min_ranks(const Fleet&, const Result& result, const Json& value) {
  return ranks_of(result) >= count("min_ranks", value);
}

bool min_processes(const Fleet&, const Result& result, const Json& value) {
  return static_cast<std::size_t>(std::max(result.run.world_size, 1)) >=
         count("min_processes", value);
}

/// Of some device; what is not known excludes nothing.
bool any_capability(const Result& result, const std::function<bool(const std::string&)>& holds) {
  return std::any_of(result.nodes.begin(), result.nodes.end(), [&](const NodeFacts& node) {
    return std::any_of(node.devices.begin(), node.devices.end(), [&](const DeviceFacts& device) {
      return !device.compute_capability || holds(*device.compute_capability);
    });
  });
}

bool compute_capability(const Fleet&, const Result& result, const Json& value) {
  const auto wanted = capabilities("compute_capability", value);
  return any_capability(result, [&](const std::string& has) {
    return std::find(wanted.begin(), wanted.end(), has) != wanted.end();
  });
}

bool min_compute_capability(const Fleet&, const Result& result, const Json& value) {
  if (!value.is_string()) refuse("min_compute_capability", "a text such as \"9.0\"");
  const std::string least = capabilities("min_compute_capability", value).front();
  return any_capability(result, [&](const std::string& has) { return is_capable(has, least); });
}

/// A part with links that no bridge connects has none; one whose links are down has.
bool has_nvlink(const Fleet& fleet, const Result& result, const Json& value) {
  if (!value.is_boolean()) refuse("has_nvlink", "true or false");
  const bool none = std::all_of(result.nodes.begin(), result.nodes.end(), [&](const auto& node) {
    return std::all_of(node.devices.begin(), node.devices.end(), [&](const DeviceFacts& device) {
      if (const auto links = fleet.nvlink().expected(node, device)) return *links == 0;
      return device.nvlink_count && *device.nvlink_count == 0;
    });
  });
  return value.get<bool>() != none;
}

/// In every node, so that no data inside one needs another way.
bool nvlink_joins_nodes(const Fleet& fleet, const Result& result, const Json& value) {
  if (!value.is_boolean()) refuse("nvlink_joins_nodes", "true or false");
  const bool joins = std::all_of(result.nodes.begin(), result.nodes.end(),
                                 [&](const NodeFacts& node) { return fleet.nvlink().join(node); });
  return value.get<bool>() == joins;
}

bool has_pod(const Result& result) {
  return std::any_of(result.nodes.begin(), result.nodes.end(),
                     [](const NodeFacts& node) { return node.kubernetes.has_value(); });
}

bool in_kubernetes(const Fleet& fleet, const Result& result, const Json& value) {
  if (!value.is_boolean()) refuse("in_kubernetes", "true or false");
  // The fabric document describes no nodes: the other documents of the run do.
  const bool pod = has_nodes_elsewhere(result)
                       ? std::any_of(fleet.results.begin(), fleet.results.end(), has_pod)
                       : has_pod(result);
  return value.get<bool>() == pod;
}

bool has_probe(const Fleet&, const Result& result, const Json& value) {
  const auto wanted = words_of(
      "probed", value,
      {"alignment", "autoscaling", "exporter", "gang", "gang_contention", "unclaimed", "webhooks"});
  return std::any_of(wanted.begin(), wanted.end(),
                     [&](const std::string& probe) { return was_probed(result, probe); });
}

bool measured(const Fleet&, const Result& result, const Json& value) {
  const auto wanted = texts("measured", value);
  for (const std::string& one : wanted)
    if (!is_workload(one))
      refuse("measured", fmt::format("workloads: there is no workload '{}'", one));
  return std::all_of(wanted.begin(), wanted.end(), [&](const std::string& workload) {
    return std::any_of(result.measurements.begin(), result.measurements.end(), [&](const auto& m) {
      return m.id.workload == workload && m.status != MeasurementStatus::not_applicable;
    });
  });
}

bool imported_from(const Fleet&, const Result& result, const Json& value) {
  const auto wanted =
      words_of("imported_from", value, {"dcgmi", "google-benchmark", "nccl-tests", "nvbandwidth"});
  return result.imported &&
         std::find(wanted.begin(), wanted.end(), result.imported->tool) != wanted.end();
}

using Condition = bool (*)(const Fleet&, const Result&, const Json&);

const std::map<std::string, Condition>& conditions() {
  static const std::map<std::string, Condition> known = {
      {"backend", backend},
      {"min_devices", min_devices},
      {"min_nodes", min_nodes},
      {"min_ranks", min_ranks},
      {"min_processes", min_processes},
      {"has_nvlink", has_nvlink},
      {"nvlink_joins_nodes", nvlink_joins_nodes},
      {"in_kubernetes", in_kubernetes},
      {"measured", measured},
      {"probed", has_probe},
      {"imported_from", imported_from},
      {"compute_capability", compute_capability},
      {"min_compute_capability", min_compute_capability},
  };
  return known;
}

Condition condition(const std::string& key, const ProfileRequirement& asked) {
  const auto found = conditions().find(key);
  if (found != conditions().end()) return found->second;
  std::vector<std::string> known;
  for (const auto& [name, function] : conditions()) known.push_back(name);
  throw Error(
      fmt::format("profile requirement '{}': unknown applies_when condition '{}'; known: {}",
                  asked.id, key, fmt::join(known, ", ")));
}

/// A value that no document is asked about would be refused only where one is.
void refuse_unfit_value(Condition holds, const std::string& key, const Json& wanted,
                        const Fleet& fleet) {
  (void)holds(fleet, Result(), wanted);
  if (key != "backend" || fleet.profile == nullptr) return;
  const auto backends = texts(key, wanted);
  if (std::none_of(backends.begin(), backends.end(),
                   [&](const std::string& one) { return is_for(*fleet.profile, one); }))
    throw Error(fmt::format("applies_when: the profile is for {} alone, so this never applies",
                            fmt::join(fleet.profile->backends, ", ")));
}

/// Refuses a pair of conditions that no device can meet together: it would never apply.
void refuse_excluded_capability(const Json& applies_when) {
  const std::string among = "compute_capability", least = "min_compute_capability";
  if (!applies_when.contains(among) || !applies_when.contains(least)) return;
  const std::string least_of = capabilities(least, applies_when[least]).front();
  for (const std::string& one : capabilities(among, applies_when[among]))
    if (!is_capable(one, least_of))
      throw Error(fmt::format("applies_when: '{}' {} is below '{}' {}: remove one of the two",
                              among, one, least, least_of));
}

/// A fabric document is of the devices that other documents describe.
bool holds_of_a_node(Condition holds, const Fleet& fleet, const Json& wanted) {
  return std::any_of(fleet.results.begin(), fleet.results.end(), [&](const Result& result) {
    return !has_nodes_elsewhere(result) && holds(fleet, result, wanted);
  });
}

bool has_none_of(const ProfileRequirement& asked, const std::set<std::string>& keys) {
  return std::none_of(asked.applies_when.items().begin(), asked.applies_when.items().end(),
                      [&](const auto& condition) { return keys.contains(condition.key()); });
}

}  // namespace

bool is_of_a_document(const ProfileRequirement& asked) {
  return has_none_of(asked, {"min_nodes", "has_nvlink", "nvlink_joins_nodes"});
}

bool is_of_facts(const ProfileRequirement& asked) { return has_none_of(asked, {"measured"}); }

Applicability applicability(const Evidence& evidence, const ProfileRequirement& asked) {
  const Fleet fleet(evidence);
  Applicability result;
  refuse_excluded_capability(asked.applies_when);
  for (const Result& document : fleet.results) result.documents.push_back(&document);
  for (const auto& [key, value] : asked.applies_when.items()) {
    const Condition holds = condition(key, asked);
    refuse_unfit_value(holds, key, value, fleet);
    std::erase_if(result.documents, [&, &wanted = value](const Result* document) {
      return !holds(fleet, *document, wanted) &&
             !(has_nodes_elsewhere(*document) && holds_of_a_node(holds, fleet, wanted));
    });
    if (result.documents.empty() && result.why_not.empty()) {
      result.why_not = fmt::format("applies only when {} is {}", key, value.dump());
    }
  }
  return result;
}

}  // namespace assay
