// Gathers the facts of a run from its documents.
#include "harness/site/run_summary.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "harness/core/day.h"
#include "harness/core/rate.h"
#include "harness/core/simulation.h"

namespace assay {

namespace {

constexpr std::size_t kNamedNodes = 3;
constexpr const char* kUnknown = "unknown";

/// The labels that nodes of each provider have, however the cluster was installed.
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kClouds = {{
    {"cloud.google.com/", "Google Cloud"},
    {"eks.amazonaws.com/", "AWS"},
    {"kubernetes.azure.com/", "Azure"},
    {"oci.oraclecloud.com/", "Oracle Cloud"},
    {"node.coreweave.cloud/", "CoreWeave"},
}};

/// A label of the user's says it of any other.
std::string cloud_of(const NodeFacts& node) {
  const auto said = node.labels.find("assay.io/cloud");
  if (said != node.labels.end()) return said->second;
  for (const auto& [prefix, cloud] : kClouds)
    for (const auto& [key, value] : node.labels)
      if (key.starts_with(prefix)) return std::string(cloud);
  return kUnknown;
}

std::set<std::string> fabrics_of_nics(const NodeFacts& node) {
  std::set<std::string> fabrics;
  for (const Json& nic : node.nics) {
    const bool is_rdma = nic.is_object() && nic.contains("rdma") && nic["rdma"] == true;
    if (!is_rdma || !nic.contains("link_layer") || !nic["link_layer"].is_string()) continue;
    const std::string& layer = nic["link_layer"].get_ref<const std::string&>();
    fabrics.insert(layer == "Ethernet" ? "RoCE" : layer);
  }
  return fabrics;
}

/// What carried the measurements between nodes; where there are none, what could.
std::set<std::string> fabrics_of(const compare::SideInput& run) {
  std::set<std::string> used, there;
  for (const auto& document : run.documents) {
    for (const Measurement& one : document.result.measurements) {
      const bool is_between = one.scope.level == "rack" || one.scope.level == "cluster";
      if (is_between && one.transport) used.insert(one.transport->kind);
    }
    for (const NodeFacts& node : document.result.nodes) there.merge(fabrics_of_nics(node));
  }
  if (!used.empty()) return used;
  if (!there.empty()) return there;
  return {kUnknown};
}

std::string machine_of(const RunFiles& files, const std::set<std::string>& nodes) {
  if (!files.cluster.empty()) return files.cluster;
  std::vector<std::string> named;
  for (const std::string& node : nodes)
    if (named.size() < kNamedNodes) named.push_back(node);
  if (named.empty()) return kUnknown;
  const std::size_t more = nodes.size() - named.size();
  return fmt::format("{}{}", fmt::join(named, ", "),
                     more > 0 ? fmt::format(" and {} more", more) : "");
}

CaseFigures figures_of(const compare::CaseSides& sides) {
  const compare::Groups groups = compare::groups_of(sides.a);
  CaseFigures figures{sides.key, "", std::nullopt, compare::summarised(groups)};
  double sum = 0;
  int count = 0;
  for (const auto& group : groups) {
    for (const compare::Found* found : group) {
      auto rate = rate_of(*found->measurement);
      if (!rate) rate = reported_rate_of(*found->measurement);
      if (!rate) return figures;
      figures.metric = rate->metric;
      sum += std::log(rate->value);
      ++count;
    }
  }
  figures.rate = std::exp(sum / count);
  return figures;
}

}  // namespace

RunSummary run_summary(const RunFiles& files, const compare::SideInput& run) {
  RunSummary summary;
  summary.name = files.name;
  summary.status = name(RunStatus::complete);
  std::set<std::string> devices;
  Marks marks;
  for (const auto& document : run.documents) {
    const Result& result = document.result;
    if (summary.id.empty()) summary.id = result.run.id;
    if (summary.started.empty() || result.run.started < summary.started)
      summary.started = result.run.started;
    summary.finished = std::max(summary.finished, result.run.finished);
    summary.profile = result.run.profile_name;
    summary.backend = result.run.backend;
    marks.add(document.file, result);
    summary.simulated = summary.simulated || is_simulation(result);
    if (result.status != RunStatus::complete) summary.status = name(result.status);
    for (const NodeFacts& node : result.nodes) {
      summary.nodes.insert(node.name);
      summary.clouds.insert(cloud_of(node));
      for (const DeviceFacts& device : node.devices) {
        devices.insert(device.uuid);
        summary.skus.insert(device.sku.value_or(device.name));
      }
    }
  }
  summary.marks = marks.said();
  summary.devices = static_cast<int>(devices.size());
  summary.fabrics = fabrics_of(run);
  if (summary.clouds.empty()) summary.clouds = {kUnknown};
  summary.machine = machine_of(files, summary.nodes);
  for (const compare::CaseSides& sides : compare::cases_of(run, {}))
    summary.cases.push_back(figures_of(sides));
  if (!summary.cases.empty()) summary.due = a_year_after(summary.started.substr(0, 10));
  return summary;
}

}  // namespace assay
