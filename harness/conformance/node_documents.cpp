// Run and rank first, then the devices: a run that is measured again has another id.
#include "harness/conformance/node_documents.h"

#include <fmt/format.h>

#include <cctype>
#include <map>
#include <string>

#include "harness/conformance/fabric.h"
#include "harness/core/cluster_facts.h"
#include "harness/core/process_identity.h"

namespace assay {

namespace {

std::string named(const Result& result) {
  const std::string node = has_nodes_elsewhere(result) ? "the fabric document"
                           : result.nodes.empty()
                               ? "a document without nodes"
                               : "the document of node " + result.nodes.front().name;
  return fmt::format("{} of run {}", node, result.run.id);
}

/// A driver's UUID is the same in other case, or without what stands around its digits.
std::string digits_of(const std::string& uuid) {
  std::string digits;
  for (const char letter : uuid)
    if (std::isalnum(static_cast<unsigned char>(letter)) != 0)
      digits += static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  return digits.starts_with("gpu") ? digits.substr(3) : digits;
}

/// Whether the claim that gave the devices aligned them with a NIC, or chance did.
std::string side_of(const Result& result) {
  const std::optional<ClusterFacts> facts = cluster_facts(result);
  if (!facts || !facts->alignment) return "";
  if (facts->alignment->asked != "none") return " aligned";
  return facts->alignment->apart.empty() ? " by chance" : " unaligned";
}

/// Ranks that were started by hand on one host have its processors in common.
bool are_ranks_of_one_host(const Result& first, const Result& second) {
  return first.run.backend == "host" && first.run.id == second.run.id && first.run.rank &&
         second.run.rank && *first.run.rank != *second.run.rank;
}

class Refusal {
 public:
  explicit Refusal(const std::vector<Result>& results) : results_(results) {}

  [[noreturn]] void operator()(const Result& first, const Result& second,
                               const std::string& why) const {
    throw RepeatedNode(fmt::format("{} and {} {}: a copy is not another node; judge one of them",
                                   named(first), named(second), why),
                       place_of(first), place_of(second));
  }

 private:
  std::size_t place_of(const Result& result) const {
    return static_cast<std::size_t>(&result - results_.data());
  }

  const std::vector<Result>& results_;
};

}  // namespace

void refuse_repeated_nodes(const std::vector<Result>& results, bool by_claims) {
  const Refusal refuse(results);
  std::map<std::string, const Result*> processes, devices;
  for (const Result& result : results) {
    const std::string process = process_of(result);
    if (!process.empty()) {
      const auto [known, is_new] = processes.emplace(process, &result);
      if (!is_new) refuse(*known->second, result, "are of the same process");
    }
    const std::string side = by_claims ? side_of(result) : "";
    for (const NodeFacts& node : result.nodes) {
      for (const DeviceFacts& device : node.devices) {
        const auto [known, is_new] = devices.emplace(digits_of(device.uuid) + side, &result);
        if (!is_new && known->second != &result && !are_ranks_of_one_host(*known->second, result))
          refuse(*known->second, result, "both describe the device " + device.uuid);
      }
    }
  }
}

}  // namespace assay
