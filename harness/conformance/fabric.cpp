// Finds the fabric's measurements, and lays the profile's collectives beside them.
#include "harness/conformance/fabric.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/core/workload.h"

namespace assay {

namespace {

/// The document's shape is the profile's with the ranks that ran.
bool is_of_shape(const Measurement& measurement, const Shape& asked) {
  for (const Shape::Entry& entry : asked.entries()) {
    if (!entry.value || !measurement.id.shape.has(entry.key) ||
        measurement.id.shape.at(entry.key) != *entry.value) {
      return false;
    }
  }
  return true;
}

bool belongs(const Measurement& measurement, const FabricGroup& group) {
  return measurement.id.workload == group.workload && measurement.id.dtype == group.dtype &&
         measurement.series == group.series && is_of_shape(measurement, group.shape);
}

}  // namespace

bool is_fabric_document(const Result& result) { return result.fabric.has_value(); }

bool has_nodes_elsewhere(const Result& result) {
  return is_fabric_document(result) && result.nodes.empty();
}

std::vector<const Result*> fabric_documents(const Evidence& evidence) {
  std::vector<const Result*> documents;
  for (const Result& result : evidence.results) {
    if (is_fabric_document(result)) documents.push_back(&result);
  }
  return documents;
}

std::vector<FabricGroup> fabric_groups(const Evidence& evidence, const CaseFilter& filter) {
  filter.refuse_unknown(*evidence.profile);
  std::vector<FabricGroup> groups;
  for (const Result* document : fabric_documents(evidence)) {
    for (const AskedGroup& asked :
         asked_cases(*evidence.profile, {document->run.backend, 1, {kAnyRanks}})) {
      if (!spans_ranks(asked.workload) || !filter.takes(asked)) continue;
      FabricGroup group{asked, document, {}};
      for (const Measurement& measurement : document->measurements) {
        if (belongs(measurement, group)) group.members.push_back(&measurement);
      }
      groups.push_back(std::move(group));
    }
  }
  return groups;
}

std::size_t ranks_of(const Result& result) {
  const auto processes = static_cast<std::size_t>(std::max(result.run.world_size, 1));
  if (result.run.backend != "cuda") return processes;
  std::size_t devices = 1;
  for (const NodeFacts& node : result.nodes) devices = std::max(devices, node.devices.size());
  return processes * devices;
}

const DeviceFacts* device_of_fabric(const Evidence& evidence, const Result& document) {
  const std::vector<std::string> none;
  const std::vector<std::string>& names = document.fabric ? document.fabric->nodes : none;
  const DeviceFacts* known = nullptr;
  for (const Result& result : evidence.results) {
    for (const NodeFacts& node : result.nodes) {
      const bool belongs =
          &result == &document || std::find(names.begin(), names.end(), node.name) != names.end();
      for (const DeviceFacts& device : node.devices) {
        if (!belongs) break;
        if (known != nullptr && (known->pci_id != device.pci_id || known->sku != device.sku))
          return nullptr;
        known = &device;
      }
    }
  }
  return known;
}

Subject subject_of(const Scope& scope) {
  if (scope.level == "node" && scope.members.size() == 1) return {"node", scope.members.front()};
  return {"fabric", fmt::format("{} of {}", scope.level, fmt::join(scope.members, ", "))};
}

Subject fabric_subject(const Result& document) {
  return {"fabric",
          fmt::format("between the {} ranks of run {}", document.run.world_size, document.run.id)};
}

}  // namespace assay
