// First every document gets its facts, then all of them each other's new hashes.
#include "harness/cluster/stamp.h"

#include <algorithm>
#include <set>

#include "harness/cluster/alignment.h"
#include "harness/core/content_hash.h"
#include "harness/core/document.h"

namespace assay::cluster {

namespace fs = std::filesystem;

namespace {

constexpr const char* kNicRequest = "nic";  // manifests/components/network/rdma

const Device* published(const Device& allocated, const Inventory& inventory) {
  for (const Device& one : inventory.devices)
    if (one.driver == allocated.driver && one.pool == allocated.pool && one.name == allocated.name)
      return &one;
  return nullptr;
}

std::string identity(const Device& allocated, const Inventory& inventory) {
  if (const Device* device = published(allocated, inventory); device != nullptr)
    if (const auto uuid = device->attributes.find("uuid"); uuid != device->attributes.end())
      return uuid->second;
  return allocated.driver + "/" + allocated.pool + "/" + allocated.name;
}

/// The versions that the driver publishes of the device, by the names that documents have for them.
void add_versions(const Device& allocated, const Inventory& inventory, Texts& versions) {
  const Device* device = published(allocated, inventory);
  if (device == nullptr) return;
  constexpr std::pair<const char*, const char*> kVersions[] = {
      {"driverVersion", "driver"}, {"cudaDriverVersion", "cuda_driver_api"}};
  for (const auto& [attribute, name] : kVersions)
    if (const auto found = device->attributes.find(attribute); found != device->attributes.end())
      versions[name] = found->second;
}

/// By what the claim itself says and the slices publish: an unaligned claim may be aligned by
/// chance.
std::optional<AlignmentFacts> alignment_of(const Claim& claim, const Inventory& inventory) {
  const auto is_nic = [](const Device& device) { return device.request == kNicRequest; };
  if (std::none_of(claim.allocated.begin(), claim.allocated.end(), is_nic)) return std::nullopt;
  AlignmentFacts facts{"none", {}, {}};
  for (const char* key : {"pcieRoot", "numaNode"}) {
    const std::string attribute = alignment_attribute(key);
    const auto& matched = claim.match_attributes;
    if (std::find(matched.begin(), matched.end(), attribute) != matched.end()) facts.asked = key;
    std::set<std::string> values;
    bool is_known = true;
    for (const Device& one : claim.allocated) {
      const Device* device = published(one, inventory);
      is_known = is_known && device != nullptr && device->attributes.contains(attribute);
      if (is_known) values.insert(device->attributes.at(attribute));
    }
    if (is_known) (values.size() == 1 ? facts.shared : facts.apart).push_back(key);
  }
  return facts;
}

/// `registry/name@sha256:…` as the kubelet reports it, or nothing where it is no digest.
std::string digest_of(const std::string& image_id) {
  const std::size_t at = image_id.find("sha256:");
  return at == std::string::npos ? "" : image_id.substr(at);
}

void add_labels(const Inventory& inventory, NodeFacts& node) {
  for (const Node& one : inventory.nodes)
    if (one.name == node.name)
      for (const auto& [key, value] : one.labels)
        if (!value.empty()) node.labels.emplace(key, value);
}

void add_facts(const std::map<std::string, PodFacts>& facts, const Inventory& inventory,
               Result& result) {
  for (NodeFacts& node : result.nodes) {
    if (!node.kubernetes) continue;
    const auto found = facts.find(node.kubernetes->pod);
    if (found == facts.end()) continue;
    node.kubernetes->image_digest = found->second.image_digest;
    node.kubernetes->claim = found->second.claim;
    node.kubernetes->allocated = found->second.allocated;
    set_cluster_facts(found->second.cluster, result);
    add_labels(inventory, node);
  }
}

void relink(const std::map<std::string, std::string>& hashes, Result& result) {
  if (!result.documents) return;
  for (NamedDocument& other : *result.documents)
    if (const auto found = hashes.find(other.name); found != hashes.end())
      other.sha256 = found->second;
}

}  // namespace

void remember(const Snapshot& snapshot, const Inventory& inventory,
              std::map<std::string, PodFacts>& facts) {
  for (const Pod& pod : snapshot.pods) {
    if (!pod.running) continue;
    PodFacts& one = facts[pod.name];
    one.node = pod.node;
    one.image_digest = digest_of(pod.image_id);
    one.cluster.unclaimed = pod.unclaimed;
    if (!snapshot.jobs.empty()) one.cluster.submitted = snapshot.jobs.front().created;
    for (const Claim& claim : snapshot.claims) {
      if (!claim.of(pod.name) || claim.allocated.empty()) continue;
      one.claim = claim.name;
      one.cluster.alignment = alignment_of(claim, inventory);
      one.allocated.clear();
      for (const Device& device : claim.allocated) {
        if (device.request == kNicRequest) continue;  // the runtime sees accelerators alone
        one.allocated.push_back(identity(device, inventory));
        add_versions(device, inventory, one.cluster.published);
      }
    }
  }
}

void stamp_documents(const fs::path& folder, const std::map<std::string, PodFacts>& facts,
                     const Inventory& inventory) {
  std::map<fs::path, Result> results;
  std::map<std::string, std::string> hashes;  // by the name that documents call each other
  for (const fs::path& path : expand_paths({folder.string()})) {
    Result& result = results.emplace(path, read_result(path)).first->second;
    add_facts(facts, inventory, result);
    hashes[path.lexically_relative(folder).string()] = content_sha256(result);
  }
  for (auto& [path, result] : results) {
    relink(hashes, result);
    write_document(to_json(result), DocumentKind::result, path);
  }
}

}  // namespace assay::cluster
