// First every document gets its facts, then all of them each other's new hashes.
#include "harness/cluster/stamp.h"

#include <algorithm>
#include <map>
#include <optional>

#include "harness/cluster/alignment.h"
#include "harness/core/content_hash.h"
#include "harness/core/document.h"

namespace assay::cluster {

namespace fs = std::filesystem;

namespace {

const Device* find_published(const Device& allocated, const Inventory& inventory) {
  for (const Device& one : inventory.devices)
    if (one.driver == allocated.driver && one.pool == allocated.pool && one.name == allocated.name)
      return &one;
  return nullptr;
}

std::string identity(const Device& allocated, const Inventory& inventory) {
  if (const Device* device = find_published(allocated, inventory); device != nullptr)
    if (const auto uuid = device->attributes.find("uuid"); uuid != device->attributes.end())
      return uuid->second;
  return allocated.driver + "/" + allocated.pool + "/" + allocated.name;
}

/// The versions that the driver publishes of the device, by the names that documents have for them.
void add_versions(const Device& allocated, const Inventory& inventory, Texts& versions) {
  const Device* device = find_published(allocated, inventory);
  if (device == nullptr) return;
  constexpr std::pair<const char*, const char*> kVersions[] = {
      {"driverVersion", "driver"}, {"cudaDriverVersion", "cuda_driver_api"}};
  for (const auto& [attribute, name] : kVersions)
    if (const auto found = device->attributes.find(attribute); found != device->attributes.end())
      versions[name] = found->second;
}

/// Values of an attribute of the accelerators and of the NICs of one pair, or of a whole claim.
struct Spread {
  std::map<std::string, long> of_accelerators, of_nics;
  long accelerators = 0, nics = 0;

  void add(bool nic, const std::string& value) {
    ++(nic ? of_nics : of_accelerators)[value];
    ++(nic ? nics : accelerators);
  }
  /// At every value as many accelerators for a NIC as there are of all.
  bool are_aligned() const {
    for (const auto& [value, number] : of_accelerators) {
      const auto found = of_nics.find(value);
      if (found == of_nics.end() || number * nics != found->second * accelerators) return false;
    }
    return of_accelerators.size() == of_nics.size();
  }
};

/// Whether each NIC shares the attribute with its accelerators; nothing where that is not known.
std::optional<bool> is_aligned(const Claim& claim, const std::string& attribute,
                               const Inventory& inventory) {
  std::map<std::string, Spread> pairs;
  for (const Device& one : claim.allocated) {
    const Device* device = find_published(one, inventory);
    const std::string* value = device == nullptr ? nullptr : published(*device, attribute);
    if (value == nullptr) return std::nullopt;
    pairs[pair_of(one.request)].add(is_nic(one.request), *value);
  }
  return std::all_of(pairs.begin(), pairs.end(),
                     [](const auto& pair) { return pair.second.are_aligned(); });
}

/// By what the claim itself says and the slices publish: an unaligned claim may be aligned by
/// chance.
std::optional<AlignmentFacts> alignment_of(const Claim& claim, const Inventory& inventory) {
  if (std::none_of(claim.allocated.begin(), claim.allocated.end(),
                   [](const Device& device) { return is_nic(device.request); }))
    return std::nullopt;
  AlignmentFacts facts{"none", {}, {}};
  for (const char* key : {"pcieRoot", "numaNode"}) {
    const std::string attribute = alignment_attribute(key);
    if (std::any_of(claim.constraints.begin(), claim.constraints.end(),
                    [&](const MatchConstraint& one) { return one.attribute == attribute; }))
      facts.asked = key;
    if (const std::optional<bool> aligned = is_aligned(claim, attribute, inventory))
      (*aligned ? facts.shared : facts.apart).push_back(key);
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
      if (!claim.of(pod) || claim.allocated.empty()) continue;
      one.claim = claim.name;
      one.cluster.alignment = alignment_of(claim, inventory);
      one.allocated.clear();
      for (const Device& device : claim.allocated) {
        if (is_nic(device.request)) continue;  // the runtime sees accelerators alone
        // Two shares of a device are one device to the runtime.
        if (const std::string id = identity(device, inventory);
            std::find(one.allocated.begin(), one.allocated.end(), id) == one.allocated.end())
          one.allocated.push_back(id);
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
