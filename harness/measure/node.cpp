// The node's facts and the software it runs.
#include "harness/measure/node.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "harness/measure/device.h"
#include "harness/measure/library.h"
#include "harness/measure/vendor_versions.h"

namespace assay {

namespace {

std::string operating_system() {
  std::ifstream file("/etc/os-release");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("PRETTY_NAME=")) continue;
    std::string value = line.substr(12);
    if (value.size() >= 2 && value.front() == '"') value = value.substr(1, value.size() - 2);
    return value;
  }
  return "unknown";
}

}  // namespace

std::string node_name() {
  if (const char* given = std::getenv("NODE_NAME"); given && *given) return given;
  char host[256] = {};
  if (gethostname(host, sizeof host - 1) == 0 && *host) return host;
  return "unknown";
}

std::optional<KubernetesFacts> kubernetes_facts() {
  const char* name_space = std::getenv("ASSAY_NAMESPACE");
  const char* pod = std::getenv("ASSAY_POD");
  if (name_space == nullptr || pod == nullptr || !*name_space || !*pod) return std::nullopt;
  KubernetesFacts facts;
  facts.kube_namespace = name_space;
  facts.pod = pod;
  return facts;
}

Json host_topology(const HostFacts& facts) {
  Json processor = Json::object();
  processor["model"] = facts.model_name;
  processor["logical_processors"] = facts.processors.size();
  processor["cores"] = facts.cores;
  if (facts.cpu_quota) processor["quota"] = *facts.cpu_quota;
  processor["vector_isa"] = facts.isa;
  Json caches = Json::array();
  for (const HostCache& cache : facts.caches) {
    caches.push_back({{"level", cache.level},
                      {"type", cache.type},
                      {"bytes", cache.bytes},
                      {"instances", cache.instances}});
  }
  processor["caches"] = caches;
  Json topology = Json::object();
  topology["processor"] = processor;
  if (facts.memory_bytes > 0) topology["memory_bytes"] = facts.memory_bytes;
  return topology;
}

NodeFacts node_facts(const std::vector<std::unique_ptr<Device>>& devices) {
  NodeFacts node;
  node.name = node_name();
  node.kubernetes = kubernetes_facts();
  node.topology = host_topology(read_host_facts());
  for (const auto& device : devices) node.devices.push_back(device->facts());
  return node;
}

std::map<std::string, std::string> software_facts(Backend backend) {
  std::map<std::string, std::string> facts;
  utsname kernel{};
  if (uname(&kernel) == 0) facts["kernel"] = std::string(kernel.sysname) + " " + kernel.release;
  facts["operating_system"] = operating_system();
  facts["compiler"] = __VERSION__;
  if (backend == Backend::cuda) facts.merge(vendor_versions());
  return facts;
}

}  // namespace assay
