// Leaves out the connections of other algorithms and of what NCCL set up and then gave up.
#include "collectives/nccl/used_connections.h"

#include <set>
#include <tuple>

#include "collectives/nccl/transport_seen.h"

namespace assay::nccl {

namespace {

using Hops = std::map<int, std::map<int, int>>;

bool has_hop(const Hops& hops, int channel, int from, int to) {
  const auto of_channel = hops.find(channel);
  if (of_channel == hops.end()) return false;
  const auto next = of_channel->second.find(from);
  return next != of_channel->second.end() && next->second == to;
}

/// Sends have more channels than collectives where these are no power of two; shared memory's lines
/// are told apart by nothing else.
bool is_of_sends_only(const Report& report, const Connection& one) {
  return report.channels > 0 && one.channel >= report.channels;
}

/// A channel whose ring no line tells of may have any hop.
bool is_on_ring(const Report& report, const Connection& one) {
  if (!report.next_in_ring.contains(one.channel)) return !is_of_sends_only(report, one);
  return has_hop(report.next_in_ring, one.channel, one.from, one.to) ||
         has_hop(report.previous_in_ring, one.channel, one.to, one.from);
}

bool has_child(const Report& report, int channel, int rank, int child) {
  const auto of_channel = report.children_in_tree.find(channel);
  if (of_channel == report.children_in_tree.end()) return false;
  const auto children = of_channel->second.find(rank);
  return children != of_channel->second.end() && children->second.contains(child);
}

bool is_on_tree(const Report& report, const Connection& one) {
  if (!report.parent_in_tree.contains(one.channel)) return !is_of_sends_only(report, one);
  return has_hop(report.parent_in_tree, one.channel, one.from, one.to) ||
         has_hop(report.parent_in_tree, one.channel, one.to, one.from) ||
         has_child(report, one.channel, one.from, one.to) ||
         has_child(report, one.channel, one.to, one.from);
}

bool is_inside(const Connection& one) {
  return one.link == Link::p2p || one.link == Link::mnnvl || one.link == Link::shm;
}

/// What some connection of the report is.
struct Has {
  bool collnet = false;
  bool own_of_sends = false;  // NCCL makes them at the first send, maybe after another communicator
};

bool uses(const Report& report, const std::string& algorithm, const Has& has,
          const Connection& one) {
  if (one.link == Link::collnet && report.collnet_given_up) return false;
  if (algorithm.empty()) return true;
  if (one.channel < 0) return true;  // a line that could not be read may be anything
  if (algorithm == kSendReceive) {
    return one.link != Link::collnet && (one.index != 0 || !has.own_of_sends);
  }
  if (algorithm.starts_with("COLLNET")) return is_inside(one) || one.link == Link::collnet;
  if (algorithm == "NVLS") {
    // Inside the node the switch is used, even if other connections were made too; between nodes
    // the reductions of CollNet.
    return !is_inside(one) && (one.link == Link::collnet || !has.collnet);
  }
  if (one.link == Link::collnet || one.index > 0) return false;
  if (algorithm == "NVLS_TREE") return !is_inside(one);
  if (algorithm == "RING") return is_on_ring(report, one);
  if (algorithm == "TREE") return is_on_tree(report, one);
  return true;
}

/// The first hop of the rings or trees that no connection line reports; empty when all are
/// reported.
std::string missing_hop(const Report& report, const Hops& hops) {
  std::set<std::tuple<int, int, int>> seen;
  for (const Connection& connection : report.connections) {
    if (connection.index <= 0) seen.insert({connection.channel, connection.from, connection.to});
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

}  // namespace

std::vector<const Connection*> used_connections(const Report& report,
                                                const std::string& algorithm) {
  Has has;
  for (const Connection& one : report.connections) {
    has.collnet = has.collnet || (one.link == Link::collnet && !report.collnet_given_up);
    has.own_of_sends = has.own_of_sends || (one.index > 0 && one.link != Link::collnet);
  }
  std::vector<const Connection*> used;
  for (const Connection& one : report.connections) {
    if (uses(report, algorithm, has, one)) used.push_back(&one);
  }
  return used;
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

}  // namespace assay::nccl
