// Names the transport: the link below each connection, and whether all connections are reported.
#include "collectives/nccl/transport_seen.h"

#include <algorithm>
#include <cctype>
#include <set>
#include <tuple>

namespace assay::nccl {

namespace {

constexpr int kRingPattern = 4;

/// NVLink or PCIe: NCCL's `P2P` lines do not say, the paths that its search settled for do. The
/// longest path of the pattern counts: a ring is as fast as its slowest link.
std::string peer_link(const Report& report) {
  static const std::vector<std::string> kShortToLong = {"LOC", "NVL", "NVB", "C2C", "PIX",
                                                        "PXB", "P2C", "PXN", "PHB", "SYS"};
  std::size_t longest = 0;
  bool any = false;
  for (const Pattern& pattern : report.patterns) {
    if (pattern.pattern > kRingPattern) continue;
    const auto at = std::find(kShortToLong.begin(), kShortToLong.end(), pattern.intra);
    if (at == kShortToLong.end()) return "";
    longest = std::max(longest, static_cast<std::size_t>(at - kShortToLong.begin()));
    any = true;
  }
  if (!any || longest == 0) return "";  // LOC: one GPU, which has no peer
  if (longest <= 2) return "nvlink";
  return longest == 3 ? "c2c" : "pcie";
}

const NicName* nic_of(const Report& report, const Connection& connection) {
  // HPC-X's plugin calls its network IBext and its NICs' line NET/IB; so do we.
  const std::string network = connection.network.starts_with("IB") ? "IB" : connection.network;
  const auto nics = report.nics.find(network);
  if (nics == report.nics.end()) return nullptr;
  const auto nic = nics->second.find(connection.nic);
  return nic == nics->second.end() ? nullptr : &nic->second;
}

/// A plugin's name as one word: `GPUDirectTCPX_v7` → `gpudirecttcpx_v7`.
std::string as_word(const std::string& name) {
  std::string word;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    word += std::isalnum(byte) ? static_cast<char>(std::tolower(byte)) : '_';
  }
  return word;
}

/// Empty: not known.
std::string network_kind(const Report& report, const Connection& connection) {
  if (connection.network.starts_with("IB")) {
    const NicName* nic = nic_of(report, connection);
    if (!nic) return "";
    return nic->link_layer == "IB" ? "ib" : nic->link_layer == "RoCE" ? "roce" : "";
  }
  if (connection.network == "AWS Libfabric") return "efa";
  return as_word(connection.network);
}

std::string kind_of(const Report& report, const Connection& connection) {
  const std::string suffix = connection.gpu_direct ? "_gdr" : "";
  switch (connection.link) {
    case Link::p2p:
      return peer_link(report);
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

/// The first hop of the rings or trees that no connection line reports; empty when all are
/// reported.
std::string missing_hop(const Report& report, const std::map<int, std::map<int, int>>& hops) {
  std::set<std::tuple<int, int, int>> seen;
  for (const Connection& connection : report.connections) {
    seen.insert({connection.channel, connection.from, connection.to});
  }
  for (const auto& [channel, next_of] : hops) {
    for (const auto& [from, to] : next_of) {
      if (to >= 0 && to != from && !seen.contains({channel, from, to})) {
        return "the report tells of no connection on channel " + std::to_string(channel) +
               " from rank " + std::to_string(from) + " to rank " + std::to_string(to);
      }
    }
  }
  return "";
}

std::string why_incomplete(const Report& report, const std::string& algorithm) {
  if (report.is_truncated) return "the report ends inside a line";
  if (report.ranks == 0) return "the report tells of no communicator";
  if (report.ranks_complete == 0 || report.ranks_complete < report.ranks_started) {
    return "the report ends before the communicator is complete: " +
           std::to_string(report.ranks_complete) + " of " + std::to_string(report.ranks_started) +
           " ranks";
  }
  if (algorithm == "RING") return missing_hop(report, report.next_in_ring);
  if (algorithm == "TREE") return missing_hop(report, report.parent_in_tree);
  return "";
}

bool is_between_nodes(const Connection& connection) {
  return connection.link == Link::net || connection.link == Link::collnet ||
         connection.link == Link::unknown;
}

}  // namespace

TransportSeen transport_seen(const Report& report, const std::string& algorithm) {
  TransportSeen seen;
  const bool by_nvls = algorithm.starts_with("NVLS");
  seen.channels = by_nvls ? report.nvls_channels : report.channels;
  seen.why = why_incomplete(report, algorithm);
  std::set<std::string> kinds;
  if (by_nvls) {
    kinds.insert("nvls");
    if (report.nvls_channels == 0) seen.why = "NVLS was used, the report tells of no NVLS channel";
  }
  for (const Connection& connection : report.connections) {
    // Inside the node NVLS uses the switch, even if other connections were made too.
    if (by_nvls && !is_between_nodes(connection)) continue;
    const std::string kind = kind_of(report, connection);
    if (kind.empty() && seen.why.empty()) seen.why = "not known: " + text_of(connection);
    kinds.insert(kind);
    if (connection.link != Link::net) continue;
    const NicName* nic = nic_of(report, connection);
    std::string name = nic ? nic->name : connection.network + "/" + std::to_string(connection.nic);
    if (std::find(seen.nics.begin(), seen.nics.end(), name) == seen.nics.end()) {
      seen.nics.push_back(std::move(name));
    }
  }
  std::sort(seen.nics.begin(), seen.nics.end());
  if (kinds.empty() && seen.why.empty()) seen.why = "the report tells of no connection";
  if (!seen.why.empty()) return seen;
  seen.kind.clear();
  for (const std::string& kind : kinds) seen.kind += (seen.kind.empty() ? "" : "+") + kind;
  return seen;
}

}  // namespace assay::nccl
