// Facts that a document has from its beginning.
#include "harness/run/machine.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/random.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <sstream>

#include "collectives/topology/node_topology.h"
#include "harness/core/asked_cases.h"
#include "harness/core/document.h"
#include "harness/core/error.h"
#include "harness/core/gpu_tables.h"
#include "harness/measure/host_speed_of_light.h"

namespace assay::run {

namespace {

/// `20261123T174000Z-9f86d081`: sorts by time, and two runs that start together still differ.
std::string new_run_id(std::string started) {
  started.erase(std::min(started.find('.'), started.size() - 1));
  std::erase_if(started, [](char c) { return c == '-' || c == ':'; });
  std::uint32_t random = 0;
  if (getrandom(&random, sizeof random, 0) != sizeof random)
    throw Error("the system gave no random bytes for the run's id");
  return fmt::format("{}Z-{:08x}", started, random);
}

/// `key=value,key=value` of ASSAY_NODE_LABELS: what the launcher knows of this node.
std::map<std::string, std::string> node_labels() {
  std::map<std::string, std::string> labels;
  const char* given = std::getenv("ASSAY_NODE_LABELS");
  std::istringstream list(given == nullptr ? "" : given);
  for (std::string label; std::getline(list, label, ',');) {
    const std::size_t equals = label.find('=');
    if (equals == std::string::npos || equals == 0)
      throw Error(fmt::format("ASSAY_NODE_LABELS holds '{}': write key=value,key=value", label));
    labels[label.substr(0, equals)] = label.substr(equals + 1);
  }
  return labels;
}

}  // namespace

Result new_result(const Profile& profile, std::uint64_t seed,
                  const std::vector<std::string>& command, const std::string& version) {
  Result result;
  result.status = RunStatus::running;
  result.run.started = utc_now();
  result.run.id = new_run_id(result.run.started);
  result.run.profile_name = profile.name;
  result.run.profile_sha256 = profile.sha256;
  result.run.command = command;
  result.run.seed = seed;
  result.software["assay"] = version;
  return result;
}

void set_backend(Result& result, Backend backend) {
  result.run.backend = name(backend);
  result.simulated = backend == Backend::host;
}

void refuse_other_backend(const Profile& profile, Backend backend) {
  if (is_for(profile, name(backend))) return;
  throw Error(
      fmt::format("profile {} is for {} and this run is of {}: choose another profile or "
                  "--backend",
                  profile.name, fmt::join(profile.backends, ", "), name(backend)));
}

void record_machine(Result& result, Backend backend, const Devices& devices) {
  for (const auto& [name, value] : software_facts(backend)) result.software.emplace(name, value);
  result.run.tables = backend == Backend::cuda ? gpu_tables_version() : host_tables_version();
  NodeFacts node = node_facts(devices);
  node.labels = node_labels();
  const std::shared_ptr<Nvml> nvml = backend == Backend::cuda ? Nvml::load() : nullptr;
  add_topology(read_node_topology(node, nvml.get()), node);
  result.nodes = {std::move(node)};
}

}  // namespace assay::run
