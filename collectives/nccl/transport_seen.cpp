// Names the transport: the link below each connection that the operation used.
#include "collectives/nccl/transport_seen.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "collectives/nccl/used_connections.h"

namespace assay::nccl {

namespace {

// NCCL_TOPO_PATTERN_*: trees 1 to 3, then these.
constexpr int kRing = 4, kNvls = 5, kCollnetDirect = 6;

/// The word for a path by its longest part; empty: not known, or no path between two devices.
std::string word_of_path(const std::string& type) {
  if (type == "NVL" || type == "NVB") return "nvlink";
  if (type == "C2C") return "c2c";
  for (const char* by_pcie : {"PIX", "PXB", "P2C", "PXN", "PHB", "SYS"}) {
    if (type == by_pcie) return "pcie";
  }
  return "";
}

/// The longest path of the ring and the trees: a ring is as fast as its slowest link.
std::string longest_path(const Report& report) {
  static const std::vector<std::string> kShortToLong = {"LOC", "NVL", "NVB", "C2C", "PIX",
                                                        "PXB", "P2C", "PXN", "PHB", "SYS"};
  std::size_t longest = 0;
  for (const Pattern& pattern : report.patterns) {
    if (pattern.pattern > kRing || pattern.channels == 0) continue;
    const auto at = std::find(kShortToLong.begin(), kShortToLong.end(), pattern.intra);
    if (at == kShortToLong.end()) return "";
    longest = std::max(longest, static_cast<std::size_t>(at - kShortToLong.begin()));
  }
  return kShortToLong[longest];
}

/// NCCL's `P2P` lines do not say what joins the two devices. Its table of paths does; without it,
/// it reads from a peer only over NVLink (ncclTopoCheckP2p); else the search's paths are left.
std::string peer_link(const Report& report, const Connection& connection) {
  if (const auto path = report.paths.between(connection.from, connection.to)) {
    return word_of_path(path->type);
  }
  if (connection.via.ends_with("/read")) return "nvlink";
  return word_of_path(longest_path(report));
}

/// A plugin that is built on InfiniBand's verbs: HPC-X's IBext, UCX, SHARP and Spectrum-X, and gIB.
bool is_on_verbs(const std::string& network) {
  for (const char* name : {"IB", "UCX", "SHARP", "SPCX", "gIB"}) {
    if (network.starts_with(name)) return true;
  }
  return false;
}

/// Those on verbs list their NICs as `NET/IB` if not under their own name.
const NicName* nic_of(const Report& report, const Connection& connection) {
  for (const std::string& network : {connection.network, std::string("IB")}) {
    if (network != connection.network && !is_on_verbs(connection.network)) continue;
    const auto nics = report.nics.find(network);
    if (nics == report.nics.end()) continue;
    const auto nic = nics->second.find(connection.nic);
    if (nic != nics->second.end()) return &nic->second;
  }
  return nullptr;
}

/// A plugin's name as one word, without its interface's version: `GPUDirectTCPX_v7` →
/// `gpudirecttcpx`.
std::string as_word(const std::string& name) {
  std::string word;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    word += std::isalnum(byte) ? static_cast<char>(std::tolower(byte)) : '_';
  }
  const std::size_t version = word.rfind("_v");
  if (version != std::string::npos && version > 0 && version + 2 < word.size() &&
      word.find_first_not_of("0123456789", version + 2) == std::string::npos) {
    word.resize(version);
  }
  return word;
}

/// aws-ofi-nccl has called itself `AWS Libfabric`, `Libfabric` and `OFI`; its provider says what
/// the network is.
std::string libfabric_kind(const std::string& provider) {
  const std::string core = provider.substr(0, provider.find(';'));
  if (core == "efa") return "efa";
  if (core == "cxi") return "slingshot";
  if (core == "tcp" || core == "sockets" || core == "net") return "socket";
  return core.empty() ? "libfabric" : "libfabric_" + as_word(core);
}

/// Empty: not known.
std::string network_kind(const Report& report, const Connection& connection) {
  const std::string& network = connection.network;
  if (network == "AWS Libfabric" || network == "Libfabric" || network == "OFI") {
    return libfabric_kind(report.libfabric_provider);
  }
  const NicName* nic = nic_of(report, connection);
  if (nic && nic->link_layer == "IB") return "ib";
  if (nic && nic->link_layer == "RoCE") return "roce";
  if (network == "gIB") return "roce";
  if (is_on_verbs(network)) return "";
  const std::string word = as_word(network);
  return word == "unknown" ? "" : word;
}

std::string kind_of(const Report& report, const Connection& connection) {
  const std::string suffix = connection.gpu_direct ? "_gdr" : "";
  switch (connection.link) {
    case Link::p2p:
      return peer_link(report, connection);
    case Link::mnnvl:
      return "nvlink";
    case Link::shm:
      return "shm";
    case Link::net: {
      const std::string kind = network_kind(report, connection);
      return kind.empty() ? kind : kind + suffix;
    }
    case Link::collnet:
      return "collnet" + suffix;
    case Link::unknown:
      return "";
  }
  return "";
}

std::string text_of(const Connection& connection) {
  return "channel " + std::to_string(connection.channel) + " from rank " +
         std::to_string(connection.from) + " to rank " + std::to_string(connection.to) + " via " +
         connection.via;
}

bool is_pattern_of(const Pattern& pattern, const std::string& algorithm) {
  const bool is_tree = pattern.pattern < kRing, is_ring = pattern.pattern == kRing;
  if (algorithm.empty()) return is_tree || is_ring;
  if (algorithm == "RING") return is_ring;
  if (algorithm == "TREE" || algorithm == "COLLNET_CHAIN") return is_tree;
  if (algorithm.starts_with("NVLS")) return pattern.pattern == kNvls;
  return algorithm == "COLLNET_DIRECT" && pattern.pattern == kCollnetDirect;
}

/// Far under the link, a tenth, or what NCCL writes when it found nothing and took the devices in
/// simple order: 0.1 GB/s.
bool has_fallen_back(const Report& report, const Pattern& pattern) {
  constexpr double kNothingFound = 0.1, kFar = 0.1;
  if (pattern.channels == 0) return false;  // not made, e.g. NVLS where there is none
  if (pattern.intra_gb_per_s <= kNothingFound) return true;
  const bool is_alone = report.nodes == 1;
  const auto link = is_alone ? report.paths.narrowest(pattern.intra) : report.paths.widest_to_nic();
  if (!link) return false;
  const double one = is_alone ? pattern.intra_gb_per_s : pattern.inter_gb_per_s;
  return pattern.channels * one < kFar * *link;
}

std::string degraded(const Report& report, const std::string& algorithm) {
  for (const Pattern& pattern : report.patterns) {
    if (is_pattern_of(pattern, algorithm) && has_fallen_back(report, pattern)) return pattern.text;
  }
  return "";
}

void add_nic(const Report& report, const Connection& connection, TransportSeen& seen) {
  if (connection.link != Link::net && connection.link != Link::collnet) return;
  const NicName* nic = nic_of(report, connection);
  if (!nic && connection.link == Link::collnet) return;
  std::string name = nic ? nic->name : connection.network + "/" + std::to_string(connection.nic);
  if (std::find(seen.nics.begin(), seen.nics.end(), name) == seen.nics.end()) {
    seen.nics.push_back(std::move(name));
  }
}

}  // namespace

TransportSeen transport_seen(const Report& report, const std::string& algorithm) {
  TransportSeen seen;
  const bool by_nvls = algorithm.starts_with("NVLS");
  seen.channels = by_nvls ? report.nvls_channels : report.channels;
  seen.why = why_incomplete(report, algorithm);
  seen.degraded = degraded(report, algorithm);
  std::set<std::string> kinds;
  if (by_nvls) {
    kinds.insert("nvls");
    if (report.nvls_channels == 0) seen.why = "NVLS was used, the report tells of no NVLS channel";
  }
  for (const Connection* connection : used_connections(report, algorithm)) {
    const std::string kind = kind_of(report, *connection);
    if (kind.empty() && seen.why.empty()) seen.why = "not known: " + text_of(*connection);
    kinds.insert(kind);
    add_nic(report, *connection, seen);
  }
  std::sort(seen.nics.begin(), seen.nics.end());
  if (algorithm.starts_with("COLLNET") && !kinds.contains("collnet") &&
      !kinds.contains("collnet_gdr") && seen.why.empty()) {
    seen.why = "CollNet was used, the report tells of no connection of it";
  }
  constexpr std::size_t kMostKinds = 8;
  if (kinds.size() > kMostKinds && seen.why.empty()) {
    seen.why = "the report tells of " + std::to_string(kinds.size()) + " kinds of transport";
  }
  if (kinds.empty() && seen.why.empty()) {
    seen.why = "the report tells of no connection that the operation used";
  }
  if (!seen.why.empty()) return seen;
  seen.kind.clear();
  for (const std::string& kind : kinds) seen.kind += (seen.kind.empty() ? "" : "+") + kind;
  return seen;
}

}  // namespace assay::nccl
