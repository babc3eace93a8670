// Finds the fabric's measurements, and lays the profile's collectives beside them.
#include "harness/conformance/fabric.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "harness/core/workload.h"

namespace assay {

namespace {

constexpr std::size_t kNamedMembers = 8;  // a node's devices; of more the first ones are named

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

std::vector<const Result*> fabric_documents(const Evidence& evidence) {
  std::vector<const Result*> documents;
  for (const Result& result : evidence.results) {
    if (is_fabric_document(result)) documents.push_back(&result);
  }
  return documents;
}

std::vector<FabricGroup> fabric_groups(const Evidence& evidence, const CaseFilter& filter) {
  // The caller that laid the groups out has refused unknown filters of the profile.
  if (!evidence.layout) filter.refuse_unknown(*evidence.profile, CaseFilter::Where::between_ranks);
  std::vector<FabricGroup> groups;
  const std::shared_ptr<AskedMemo> all_asked = asked_memo(evidence);
  for (const Result* document : fabric_documents(evidence)) {
    for (const AskedGroup& asked : all_asked->of(*evidence.profile, document->run.backend, 1)) {
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

FabricDevices::FabricDevices(const Evidence& evidence) {
  for (const Result& result : evidence.results) {
    for (const NodeFacts& node : result.nodes) {
      by_name_.emplace(node.name, nodes_.size());
      nodes_.push_back({&result, &node});
    }
  }
}

const DeviceFacts* FabricDevices::device_of(const Result& document) const {
  std::set<std::size_t> its;
  const auto take = [&](const std::string& name, bool own_only) {
    const auto [begin, end] = by_name_.equal_range(name);
    for (auto at = begin; at != end; ++at)
      if (!own_only || nodes_[at->second].document == &document) its.insert(at->second);
  };
  for (const NodeFacts& node : document.nodes) take(node.name, true);
  if (document.fabric)
    for (const std::string& name : document.fabric->nodes) take(name, false);
  const DeviceFacts* known = nullptr;
  for (const std::size_t at : its) {
    for (const DeviceFacts& device : nodes_[at].node->devices) {
      if (known != nullptr && (known->pci_id != device.pci_id || known->sku != device.sku))
        return nullptr;
      known = &device;
    }
  }
  return known;
}

Subject subject_of(const Scope& scope) {
  if (scope.level == "node" && scope.members.size() == 1) return {"node", scope.members.front()};
  const std::size_t count = scope.members.size();
  const std::size_t named = count > kNamedMembers ? kNamedMembers / 2 : count;
  const auto end = scope.members.begin() + static_cast<std::ptrdiff_t>(named);
  return {"fabric",
          fmt::format("{} of {}{}", scope.level, fmt::join(scope.members.begin(), end, ", "),
                      named < count ? fmt::format(" and {} more", count - named) : "")};
}

Subject fabric_subject(const Result& document) {
  return {"fabric",
          fmt::format("between the {} ranks of run {}", ranks_of(document), document.run.id)};
}

}  // namespace assay
