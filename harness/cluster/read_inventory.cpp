// What a cluster has, from kubectl's JSON.
#include <fmt/format.h>

#include <cstdlib>
#include <utility>

#include "harness/cluster/json_fields.h"
#include "harness/cluster/objects.h"

namespace assay::cluster {

namespace {

std::vector<std::string> quotas_of(const Json& queue) {
  std::vector<std::string> quotas;
  for (const Json& group : at(queue, {"spec", "resourceGroups"}))
    for (const Json& flavor : at(group, {"flavors"}))
      for (const Json& one : at(flavor, {"resources"}))
        quotas.push_back(fmt::format("{} of {} in flavor {}", text(one, {"nominalQuota"}),
                                     text(one, {"name"}), text(flavor, {"name"})));
  return quotas;
}

Node node_of(const Json& object) {
  Node node;
  node.name = text(object, {"metadata", "name"});
  node.labels = texts(at(object, {"metadata", "labels"}));
  node.allocatable = texts(at(object, {"status", "allocatable"}));
  node.cordoned = truth(object, {"spec", "unschedulable"});
  node.ready = holds(conditions(object), "Ready");
  for (const Json& taint : at(object, {"spec", "taints"})) node.taints.push_back(taint_of(taint));
  return node;
}

}  // namespace

std::vector<Node> read_nodes(const std::string& list) {
  std::vector<Node> nodes;
  each(list, "nodes", [&](const Json& object) { nodes.push_back(node_of(object)); });
  return nodes;
}

std::vector<DeviceClass> read_device_classes(const std::string& list) {
  std::vector<DeviceClass> classes;
  each(list, "device classes", [&](const Json& object) {
    DeviceClass one{
        text(object, {"metadata", "name"}), text(object, {"spec", "extendedResourceName"}), {}};
    one.selectors = selectors_of(at(object, {"spec"}));
    classes.push_back(std::move(one));
  });
  return classes;
}

std::vector<Queue> read_queues(const std::string& list) {
  std::vector<Queue> queues;
  each(list, "queues", [&](const Json& object) {
    queues.push_back({text(object, {"kind"}), text(object, {"metadata", "name"}),
                      text(object, {"spec", "clusterQueue"}), conditions(object),
                      quotas_of(object)});
  });
  return queues;
}

std::vector<Quota> read_quotas(const std::string& list) {
  std::vector<Quota> quotas;
  each(list, "quotas", [&](const Json& object) {
    if (!at(object, {"spec", "scopes"}).is_null() ||
        !at(object, {"spec", "scopeSelector"}).is_null())
      return;
    const char* known =
        at(object, {"status", "hard"}).is_null() ? "spec" : "status";  // of a new one
    quotas.push_back({text(object, {"metadata", "name"}), texts(at(object, {known, "hard"})),
                      texts(at(object, {"status", "used"}))});
  });
  return quotas;
}

bool is_terminating(const std::string& json) {
  const std::string where = "kubectl's answer about the namespace";
  if (json.empty()) return false;
  const Json object = parse_json(json, where);
  return reading(where, [&] { return text(object, {"status", "phase"}) == "Terminating"; });
}

Versions read_versions(const std::string& json) {
  const std::string where = "kubectl's answer about its version";
  const Json versions = parse_json(json, where);
  return reading(where, [&] {
    return Versions{std::atoi(text(versions, {"clientVersion", "minor"}).c_str()),
                    text(versions, {"clientVersion", "gitVersion"}),
                    text(versions, {"serverVersion", "gitVersion"})};
  });
}

}  // namespace assay::cluster
