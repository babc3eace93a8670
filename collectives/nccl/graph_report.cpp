// Reads NCCL's report line by line. Every format string of NCCL's that we rely on is in this file.
#include "collectives/nccl/graph_report.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace assay::nccl {

namespace {

/// Reads a line from its start; what does not fit leaves it where it was.
class LineCursor {
 public:
  explicit LineCursor(std::string_view text) : rest_(text) {}

  bool literal(std::string_view expected) {
    if (!rest_.starts_with(expected)) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }
  void spaces() {
    while (rest_.starts_with(' ')) rest_.remove_prefix(1);
  }
  bool integer(int& to) {
    const char* end = rest_.data() + rest_.size();
    const auto [stopped, error] = std::from_chars(rest_.data(), end, to);
    if (error != std::errc()) return false;
    rest_.remove_prefix(static_cast<std::size_t>(stopped - rest_.data()));
    return true;
  }
  /// Everything up to `stop`, which is passed too.
  bool until(std::string_view stop, std::string_view& to) {
    const std::size_t at = rest_.find(stop);
    if (at == std::string_view::npos) return false;
    to = rest_.substr(0, at);
    rest_.remove_prefix(at + stop.size());
    return true;
  }
  bool skip_to(std::string_view after) {
    std::string_view ignored;
    return until(after, ignored);
  }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

/// For a document: printable, and not without end.
std::string clean(std::string_view text) {
  std::string result(text.substr(0, 200));
  for (char& c : result) {
    if (c < ' ' || c > '~') c = '?';
  }
  return result;
}

/// `3[1]`, a rank and its device; NCCL before 2.16 wrote the device as `1b000`.
bool read_rank(LineCursor& cursor, int& rank) {
  std::string_view device;
  return cursor.integer(rank) && cursor.literal("[") && cursor.until("]", device) &&
         device.size() <= 16 &&
         device.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// `IB/0(3)/GDRDMA(PCI)/Shared` behind `NET/` or `COLLNET/`. The network's name may hold spaces.
bool read_network(std::string_view text, Connection& connection) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos || slash == 0) return false;
  connection.network = clean(text.substr(0, slash));
  LineCursor cursor(text.substr(slash + 1));
  if (!cursor.integer(connection.nic) || connection.nic < 0) return false;
  if (cursor.literal("(") && !cursor.skip_to(")")) return false;  // the rank whose NIC it is
  if (cursor.literal("/GDRDMA")) {
    connection.gpu_direct = true;
    cursor.literal("(PCI)");
  }
  cursor.literal("/Shared");
  return cursor.rest().empty();
}

bool one_of(std::string_view text, std::initializer_list<std::string_view> known) {
  return std::find(known.begin(), known.end(), text) != known.end();
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
  int index = 0;
  bool known = false;
  if (cursor.literal("Channel ")) {
    known = cursor.integer(connection.channel);
    if (cursor.literal("/")) known = known && cursor.integer(index);
    known = known && cursor.literal(" : ") && read_rank(cursor, connection.from) &&
            cursor.literal(" -> ") && read_rank(cursor, connection.to);
  } else if (cursor.literal("CollNet ")) {
    known = cursor.integer(connection.channel) && cursor.literal("/") && cursor.integer(index) &&
            cursor.literal(" : ") && cursor.integer(connection.from);
  } else if (message.find(" -> ") > via) {
    return std::nullopt;  // `GPU 3 / HCA 1 connected via C2C link`
  }
  const bool ends = cursor.rest().empty() || one_of(cursor.rest(), {" [send]", " [receive]"});
  if (!ends || connection.channel < 0 || connection.from < 0) known = false;
  connection.link = read_via(message.substr(via + 5), connection);
  if (!known) connection.link = Link::unknown;
  return connection;
}

/// ` [0]mlx5_0:1/IB [1]mlx5_1:1/RoCE [RO]; OOB …` or ` [0]eth0:10.0.0.5<0>`: up to what is no NIC.
/// The name ends at `end_of_name`; what follows a slash is the link layer.
void read_nics(std::string_view text, char end_of_name, std::map<int, NicName>& to) {
  LineCursor cursor(text);
  for (int index = 0;;) {
    cursor.spaces();
    if (!cursor.literal("[") || !cursor.integer(index) || !cursor.literal("]")) return;
    const std::size_t end = std::min(cursor.rest().find_first_of(" ;"), cursor.rest().size());
    const std::string_view word = cursor.rest().substr(0, end);
    const std::size_t stop = std::min(word.find(end_of_name), word.size());
    if (stop == 0) return;
    NicName& nic = to[index];
    nic.name = clean(word.substr(0, stop));
    if (end_of_name == '/' && stop < word.size()) {
      const std::string_view layer = word.substr(stop + 1);  // `IB`, `IB/SHARP`
      nic.link_layer = clean(layer.substr(0, layer.find('/')));
    }
    cursor = LineCursor(cursor.rest().substr(end));
  }
}

/// `[8] name=mlx5_0+mlx5_1 speed=… ndevs=2`: a NIC that NCCL made of several ports.
void read_virtual_nic(LineCursor cursor, std::map<int, NicName>& to) {
  int index = 0;
  std::string_view name;
  if (!cursor.integer(index) || !cursor.literal("] name=") || !cursor.until(" ", name)) return;
  to[index].name = clean(name);
}

/// Those that are no single port: their ports' link layer is theirs.
void add_virtual_nics(const std::map<int, NicName>& made, std::map<int, NicName>& nics) {
  const std::map<int, NicName> ports = nics;
  for (const auto& [index, nic] : made) {
    if (nic.name.find('+') == std::string::npos) continue;
    const std::string first = nic.name.substr(0, nic.name.find('+')) + ":";
    nics[index].name = nic.name;
    for (const auto& [ignored, port] : ports) {
      if (port.name.starts_with(first)) nics[index].link_layer = port.link_layer;
    }
  }
}

bool read_pattern(std::string_view message, Report& report) {
  LineCursor cursor(message);
  Pattern pattern;
  std::string_view bandwidths, intra, inter;
  if (!cursor.literal("Pattern ") || !cursor.integer(pattern.pattern) ||
      !cursor.skip_to("nChannels ") || !cursor.integer(pattern.channels) ||
      !cursor.until(", type ", bandwidths) || !cursor.until("/", intra) ||
      !cursor.until(",", inter)) {
    return false;
  }
  pattern.intra = clean(intra);
  pattern.inter = clean(inter);
  report.patterns.push_back(std::move(pattern));
  return true;
}

/// `Channel 00/16 :    0   1   2 …`, which rank 0 writes, and `Ring 00 : 7 -> 0 -> 1` of each rank.
bool read_ring(std::string_view message, Report& report) {
  LineCursor cursor(message);
  int channel = 0, count = 0, previous = 0, rank = 0, next = 0;
  if (cursor.literal("Ring ")) {
    if (!cursor.integer(channel) || !cursor.literal(" : ") || !cursor.integer(previous) ||
        !cursor.literal(" -> ") || !cursor.integer(rank) || !cursor.literal(" -> ") ||
        !cursor.integer(next)) {
      return false;
    }
    report.next_in_ring[channel][rank] = next;
    return true;
  }
  if (!cursor.literal("Channel ") || !cursor.integer(channel) || !cursor.literal("/") ||
      !cursor.integer(count) || !cursor.literal(" :")) {
    return false;
  }
  std::vector<int> ranks;
  for (cursor.spaces(); cursor.integer(rank); cursor.spaces()) ranks.push_back(rank);
  if (ranks.empty()) return false;
  report.rings[channel] = std::move(ranks);
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
    if (cursor.skip_to(" nranks ")) cursor.integer(ranks);
  }
  report.ranks = std::max(report.ranks, ranks);
  return true;
}

void read_message(std::string_view message, Report& report, std::map<int, NicName>& virtual_nics) {
  LineCursor cursor(message);
  if (std::optional<Connection> connection = read_connection(message)) {
    report.connections.push_back(std::move(*connection));
  } else if (cursor.literal("NCCL version ")) {
    report.version = clean(cursor.rest());
  } else if (cursor.literal("Using network ")) {
    const std::string network = clean(cursor.rest());
    if (std::find(report.networks.begin(), report.networks.end(), network) ==
        report.networks.end()) {
      report.networks.push_back(network);
    }
  } else if (cursor.literal("NET/IB : Using")) {
    read_nics(cursor.rest(), '/', report.nics["IB"]);
  } else if (cursor.literal("NET/Socket : Using")) {
    read_nics(cursor.rest(), ':', report.nics["Socket"]);
  } else if (cursor.literal("NET/IB : Made virtual device [")) {
    read_virtual_nic(cursor, virtual_nics);
  } else if (message.starts_with("Connected NVLS tree")) {
    report.nvls_connected = true;
  } else if (message.find("Proceeding without NVLS support") != std::string_view::npos) {
    report.warnings.push_back(clean(message));
  } else if (!read_pattern(message, report) && !read_ring(message, report) &&
             !read_trees(message, report) && !read_channel_counts(message, report)) {
    read_communicator(message, report);
  }
}

}  // namespace

Report parse_report(std::string_view text) {
  Report report;
  std::map<int, NicName> virtual_nics;
  report.is_truncated = !text.empty() && text.back() != '\n';
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) break;  // torn: it may end anywhere, even inside a number
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    constexpr std::string_view kInfo = " NCCL INFO ", kWarn = " NCCL WARN ";
    if (const std::size_t info = line.find(kInfo); info != std::string_view::npos) {
      read_message(line.substr(info + kInfo.size()), report, virtual_nics);
    } else if (const std::size_t warn = line.find(kWarn); warn != std::string_view::npos) {
      report.warnings.push_back(clean(line.substr(warn + kWarn.size())));
    } else if (line.starts_with("NCCL version ")) {
      read_message(line, report, virtual_nics);
    }
  }
  if (!virtual_nics.empty()) add_virtual_nics(virtual_nics, report.nics["IB"]);
  return report;
}

}  // namespace assay::nccl
