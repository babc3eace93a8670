// Parses the connections that NCCL reports: the INIT, GRAPH and NET lines of NCCL_DEBUG_FILE.
//
// Set NCCL_DEBUG=INFO, NCCL_DEBUG_SUBSYS=INIT,GRAPH,NET and NCCL_DEBUG_FILE. The lines are those of
// NCCL 2.18 to 2.28; a line that reports a connection in an unknown form is kept as an unknown
// connection. Any bytes are accepted as input.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace assay::nccl {

/// How one rank reaches another on one channel.
enum class Link { p2p, mnnvl, shm, net, collnet, unknown };

struct Connection {
  Link link = Link::unknown;
  int channel = -1;
  int from = -1, to = -1;  // ranks; CollNet has one of them
  std::string via;         // as written: `P2P/CUMEM/read`, `NET/IB/0(3)/GDRDMA/Shared`
  std::string network;     // of a NIC: `IB`, `Socket`, `AWS Libfabric`
  int nic = -1;            // its index, see Report::nics
  bool gpu_direct = false;
};

/// A NIC as the line of its network names it.
struct NicName {
  std::string name;        // `mlx5_0:1`, `eth0`
  std::string link_layer;  // `IB`, `RoCE`; empty where the line has none
};

/// The paths that NCCL chose for one of its patterns (ring, tree, NVLS).
struct Pattern {
  int pattern = 0;  // 1-3 tree, 4 ring, 5 NVLS, 6 CollNet direct
  int channels = 0;
  std::string intra, inter;  // the longest path: NVL, NVB, C2C, PIX, PXB, P2C, PXN, PHB, SYS, …
};

struct Report {
  std::string version;                                 // `2.28.9+cuda13.0`
  std::vector<std::string> networks;                   // of `Using network`
  std::map<std::string, std::map<int, NicName>> nics;  // network, index
  std::vector<Connection> connections;
  std::vector<Pattern> patterns;
  std::map<int, std::vector<int>> rings;             // channel: ranks in order
  std::map<int, std::map<int, int>> next_in_ring;    // channel: rank, the rank it sends to
  std::map<int, std::map<int, int>> parent_in_tree;  // -1: the root
  int ranks = 0;                                     // of the communicator
  int ranks_started = 0, ranks_complete = 0;  // that wrote `Init START`, `Init COMPLETE` here
  int nodes = 0;                              // 0: not reported
  int channels = 0, nvls_channels = 0;        // as agreed at the end of the initialisation
  bool nvls_connected = false;
  std::vector<std::string> warnings;
  bool is_truncated = false;  // ends inside a line
};

Report parse_report(std::string_view text);

}  // namespace assay::nccl
