// Reads NCCL's report line by line.
#include "collectives/nccl/graph_report.h"

#include <algorithm>
#include <optional>

#include "collectives/nccl/line_cursor.h"
#include "collectives/nccl/log_lines.h"
#include "harness/core/escapes.h"

namespace assay::nccl {

namespace {

/// `3[1]`, a rank and its device; NCCL before 2.16 wrote the device as `1b000`.
bool read_rank(LineCursor& cursor, int& rank) {
  std::string_view device;
  return cursor.integer(rank) && cursor.literal("[") && cursor.until("]", device) &&
         device.size() <= 16 &&
         device.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool one_of(std::string_view text, std::initializer_list<std::string_view> known) {
  return std::find(known.begin(), known.end(), text) != known.end();
}

/// `(PCI)/Shared`, since 2.31 `/flush=None`: what a version adds behind `/GDRDMA` says more of the
/// same way. A space begins something else: another line, torn into this one.
bool is_suffix(std::string_view text) {
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-/()=";
  return text.empty() || (one_of(text.substr(0, 1), {"(", "/"}) &&
                          text.find_first_not_of(kLetters) == std::string_view::npos);
}

/// `IB/0(3)/GDRDMA(PCI)/Shared` behind `NET/` or `COLLNET/`. The network's name may hold spaces.
bool read_network(std::string_view text, Connection& connection) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos || slash == 0) return false;
  connection.network = clean(text.substr(0, slash));
  LineCursor cursor(text.substr(slash + 1));
  if (!cursor.integer(connection.nic) || connection.nic < 0) return false;
  if (cursor.literal("(") && !cursor.skip_to(")")) return false;  // the rank whose NIC it is
  connection.gpu_direct = cursor.literal("/GDRDMA");
  if (connection.gpu_direct) return is_suffix(cursor.rest());
  cursor.literal("/Shared");
  return cursor.rest().empty();
}

/// What RCCL writes behind a connection, ` comm 0x7f1a nRanks 08`, taken off.
std::string_view without_communicator(std::string_view text) {
  const std::size_t begin = text.rfind(" comm 0x");
  if (begin == std::string_view::npos) return text;
  LineCursor cursor(text.substr(begin));
  int ranks = 0;
  const bool is_one = cursor.literal(" comm 0x") && cursor.skip_to(" ") &&
                      cursor.literal("nRanks ") && cursor.integer(ranks) && cursor.rest().empty();
  return is_one ? text.substr(0, begin) : text;
}

/// What stands behind ` via `.
Link read_via(std::string_view via, Connection& connection) {
  if (via.starts_with("P2P/")) {
    std::string_view how = via.substr(4);
    for (const std::string_view suffix : {"/CE", "/read"}) {
      if (how.ends_with(suffix)) how.remove_suffix(suffix.size());
    }
    if (one_of(how, {"CUMEM", "IPC", "direct pointer"})) return Link::p2p;
    if (how == "MNNVL") return Link::mnnvl;
    LineCursor cursor(how);
    int through = 0;
    const bool indirect = cursor.literal("indirect/") && read_rank(cursor, through);
    return indirect && cursor.rest().empty() ? Link::p2p : Link::unknown;
  }
  if (one_of(via, {"SHM/direct/direct", "SHM/direct/CE", "SHM/CE/direct", "SHM/CE/CE",
                   "SHM/direct"})) {  // the last since 2.30
    return Link::shm;
  }
  if (via.starts_with("NET/") && read_network(via.substr(4), connection)) return Link::net;
  if (via.starts_with("COLLNET/") && read_network(via.substr(8), connection)) return Link::collnet;
  return Link::unknown;
}

/// `Channel 02/0 : 3[3] -> 4[4] [send] via …`, `Channel 02 : …` for shared memory, and
/// `CollNet 00/0 : 8 [send] via …`. Nothing when the line reports no connection.
std::optional<Connection> read_connection(std::string_view message) {
  const std::size_t via = message.find(" via ");
  if (via == std::string_view::npos) return std::nullopt;
  Connection connection;
  connection.via = clean(message.substr(via + 5));
  LineCursor cursor(message.substr(0, via));
  bool known = false;
  if (cursor.literal("Channel ")) {
    known = cursor.integer(connection.channel);
    if (cursor.literal("/")) known = known && cursor.integer(connection.index);
    known = known && cursor.literal(" : ") && read_rank(cursor, connection.from) &&
            cursor.literal(" -> ") && read_rank(cursor, connection.to);
  } else if (cursor.literal("CollNet ")) {
    known = cursor.integer(connection.channel) && cursor.literal("/") &&
            cursor.integer(connection.index) && cursor.literal(" : ") &&
            cursor.integer(connection.from);
  } else if (message.find(" -> ") > via) {
    return std::nullopt;  // `GPU 3 / HCA 1 connected via C2C link`
  }
  const bool ends = cursor.rest().empty() || one_of(cursor.rest(), {" [send]", " [receive]"});
  if (!ends || connection.channel < 0 || connection.from < 0) known = false;
  connection.link = read_via(without_communicator(message.substr(via + 5)), connection);
  if (!known) connection.link = Link::unknown;
  return connection;
}

bool read_pattern(std::string_view message, Report& report) {
  LineCursor cursor(message);
  Pattern pattern;
  std::string_view intra, inter;
  if (!cursor.literal("Pattern ") || !cursor.integer(pattern.pattern) ||
      !cursor.skip_to("nChannels ") || !cursor.integer(pattern.channels) ||
      !cursor.skip_to("bw ") || !cursor.real(pattern.intra_gb_per_s) || !cursor.literal("/") ||
      !cursor.real(pattern.inter_gb_per_s) || !cursor.skip_to("type ") ||
      !cursor.until("/", intra) || !cursor.until(",", inter)) {
    return false;
  }
  pattern.text = clean(message);
  pattern.intra = clean(intra);
  pattern.inter = clean(inter);
  report.patterns.push_back(std::move(pattern));
  return true;
}

/// `Ring 00 : 7 -> 0 -> 1` of each rank.
bool read_ring(std::string_view message, Report& report) {
  LineCursor cursor(message);
  int channel = 0, previous = 0, rank = 0, next = 0;
  if (!cursor.literal("Ring ") || !cursor.integer(channel) || !cursor.literal(" : ") ||
      !cursor.integer(previous) || !cursor.literal(" -> ") || !cursor.integer(rank) ||
      !cursor.literal(" -> ") || !cursor.integer(next)) {
    return false;
  }
  report.next_in_ring[channel][rank] = next;
  report.previous_in_ring[channel][rank] = previous;
  return true;
}

/// `Trees [0] 1/-1/-1->0->-1 [1] …`: of each channel the children, this rank, the parent.
bool read_trees(std::string_view message, Report& report) {
  LineCursor cursor(message);
  if (!cursor.literal("Trees")) return false;
  int channel = 0, rank = 0, parent = 0;
  std::string_view children;
  while (cursor.literal(" [") && cursor.integer(channel) && cursor.literal("] ") &&
         cursor.until("->", children) && cursor.integer(rank) && cursor.literal("->") &&
         cursor.integer(parent)) {
    report.parent_in_tree[channel][rank] = parent;
    LineCursor each(children);
    int child = 0;
    while (each.integer(child)) {
      if (child >= 0) report.children_in_tree[channel][rank].insert(child);
      if (!each.literal("/")) break;
    }
  }
  return true;
}

/// `16 coll channels, 16 collnet channels, 16 nvls channels, …`; 2.18 has no CollNet's in between.
bool read_channel_counts(std::string_view message, Report& report) {
  LineCursor cursor(message);
  int channels = 0;
  if (!cursor.integer(channels) || !cursor.literal(" coll channels")) return false;
  report.channels = channels;
  const std::size_t nvls = message.find(" nvls channels");
  if (nvls != std::string_view::npos) {
    const std::size_t comma = message.rfind(' ', nvls - 1);
    LineCursor count(message.substr(comma == std::string_view::npos ? 0 : comma + 1));
    count.integer(report.nvls_channels);
  }
  return true;
}

/// `… comm 0x… rank 0 nranks 8 cudaDev … - Init COMPLETE` and `comm 0x… rank 0 nRanks 8 nNodes 2
/// …`.
bool read_communicator(std::string_view message, Report& report) {
  LineCursor cursor(message);
  int ranks = 0;
  if (!cursor.skip_to("comm 0x")) return false;
  if (message.ends_with("Init START")) ++report.ranks_started;
  if (message.ends_with("Init COMPLETE")) ++report.ranks_complete;
  if (cursor.skip_to(" nRanks ") && cursor.integer(ranks) && cursor.literal(" nNodes ")) {
    cursor.integer(report.nodes);
  } else {
    cursor = LineCursor(message);
    int rank = 0;
    std::string_view bus_id;
    if (cursor.skip_to(" rank ") && cursor.integer(rank) && cursor.literal(" nranks ") &&
        cursor.integer(ranks) && cursor.skip_to(" busId ") && cursor.until(" ", bus_id)) {
      report.paths.add_rank(rank, bus_id);
    }
  }
  report.ranks = std::max(report.ranks, ranks);
  return true;
}

/// `Selected provider is efa, fabric is efa-direct (found 4 nics)`; before 1.13 `Provider`.
bool read_provider(LineCursor cursor, Report& report) {
  if (!cursor.literal("NET/OFI Selected ")) return false;
  if (!cursor.literal("provider is ") && !cursor.literal("Provider is ")) return false;
  const std::string_view provider = cursor.rest().substr(0, cursor.rest().find_first_of(", "));
  report.libfabric_provider = clean(provider);
  return true;
}

/// What lines of the networks say that means something together with others.
struct NetworkLines {
  NicNames virtual_nics;
  bool has_no_verbs = false;
  std::vector<std::string> failures;
};

/// `Failed to initialize NET plugin IB`, since 2.28. That a machine has no NIC for InfiniBand's
/// verbs is no failure.
bool read_failure(std::string_view message, NetworkLines& lines) {
  if (message == "NET/IB : No device found.") {
    lines.has_no_verbs = true;
    return true;
  }
  LineCursor cursor(message);
  if (!cursor.literal("Failed to initialize NET plugin ")) return false;
  if (cursor.rest() != "IB" || !lines.has_no_verbs) lines.failures.push_back(clean(message));
  return true;
}

/// What the process says once, whichever communicator comes first.
bool read_networks(std::string_view message, Report& report, NetworkLines& lines) {
  if (read_failure(message, lines)) return true;
  LineCursor cursor(message);
  if (read_provider(cursor, report)) return true;
  if (cursor.literal("NET/IB : Made virtual device ")) {
    read_virtual_nic(cursor.rest(), lines.virtual_nics);
    return true;
  }
  std::string_view network;
  if (!cursor.literal("NET/") || !cursor.until(" : Using", network)) return false;
  read_nics(cursor.rest(), report.nics[clean(network)]);
  return true;
}

/// Words of NCCL's that it does not call a warning in every version.
bool is_complaint(std::string_view message) {
  for (const std::string_view words :
       {"Proceeding without NVLS support", "falling back to simple order",
        "P2P is disabled between", "speed change detected"}) {
    if (message.find(words) != std::string_view::npos) return true;
  }
  return false;
}

void add_once(std::string text, std::vector<std::string>& to) {
  constexpr std::size_t kMost = 100;
  const bool is_new = std::find(to.begin(), to.end(), text) == to.end();
  if (is_new && to.size() < kMost) to.push_back(std::move(text));
}

void read_warning(std::string_view message, Report& report) {
  if (message.find("Cannot initialize CollNet") != std::string_view::npos) {
    report.collnet_given_up = true;
  }
  add_once(clean(message), report.warnings);
}

void read_message(std::string_view message, Report& report) {
  LineCursor cursor(message);
  if (std::optional<Connection> connection = read_connection(message)) {
    report.connections.push_back(std::move(*connection));
  } else if (cursor.literal("NCCL version ")) {
    report.version = clean(cursor.rest());
  } else if (cursor.literal("Using network ")) {
    add_once(clean(cursor.rest()), report.networks);
  } else if (is_complaint(message)) {
    read_warning(message, report);
  } else if (!read_pattern(message, report) && !read_ring(message, report) &&
             !read_trees(message, report) && !read_channel_counts(message, report) &&
             !report.paths.read(message)) {
    read_communicator(message, report);
  }
}

/// What NCCL takes when no other network can be used.
bool uses_sockets(const Report& report) {
  return std::any_of(report.connections.begin(), report.connections.end(),
                     [](const Connection& one) { return one.network == "Socket"; });
}

}  // namespace

Report parse_report(std::string_view coloured, std::size_t coloured_begin) {
  coloured_begin = std::min(coloured_begin, coloured.size());
  const std::string before = without_escapes(coloured.substr(0, coloured_begin));
  const std::string text = before + without_escapes(coloured.substr(coloured_begin));
  const std::size_t begin = before.size();
  Report report;
  NetworkLines networks;
  report.is_truncated = !text.empty() && text.back() != '\n';
  for (const LogLine& line : log_lines(text, begin)) {
    if (!line.is_warning && read_networks(line.message, report, networks)) continue;
    if (line.owner == LogLine::Owner::other) continue;
    const bool is_unclaimed = line.owner == LogLine::Owner::unknown && line.is_before;
    if (is_unclaimed && !line.message.starts_with("NCCL version ")) continue;
    if (line.is_warning) {
      read_warning(line.message, report);
    } else {
      read_message(line.message, report);
    }
  }
  if (!networks.virtual_nics.empty()) {
    add_virtual_nics(networks.virtual_nics, report.nics["IB"]);
  }
  if (uses_sockets(report)) {
    for (std::string& failure : networks.failures) add_once(std::move(failure), report.warnings);
  }
  return report;
}

}  // namespace assay::nccl
