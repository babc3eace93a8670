// Parses the connections that NCCL reports: the INIT, GRAPH and NET lines of NCCL_DEBUG_FILE.
//
// Set NCCL_DEBUG=INFO, NCCL_DEBUG_SUBSYS=INIT,GRAPH,NET and NCCL_DEBUG_FILE. The lines are those of
// NCCL 2.18 to 2.31 and of its network plugins; a line that reports a connection in an unknown form
// is kept as an unknown connection. Any bytes are accepted as input.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "collectives/nccl/device_paths.h"
#include "collectives/nccl/nic_list.h"

namespace assay::nccl {

/// How one rank reaches another on one channel.
enum class Link { p2p, mnnvl, shm, net, collnet, unknown };

struct Connection {
  Link link = Link::unknown;
  int channel = -1;
  int index = -1;          // 0: of collectives, 1: of sends and receives; -1: the line has none
  int from = -1, to = -1;  // ranks; CollNet has one of them
  std::string via;         // as written: `P2P/CUMEM/read`, `NET/IB/0(3)/GDRDMA/Shared`
  std::string network;     // of a NIC: `IB`, `Socket`, `AWS Libfabric`
  int nic = -1;            // its index, see Report::nics
  bool gpu_direct = false;
};

/// The paths that NCCL chose for one of its patterns (ring, tree, NVLS).
struct Pattern {
  int pattern = 0;  // 1-3 tree, 4 ring, 5 NVLS, 6 CollNet direct
  int channels = 0;
  double intra_gb_per_s = 0, inter_gb_per_s = 0;  // of one channel, in 10^9 bytes
  std::string intra, inter;  // the longest path: NVL, NVB, C2C, PIX, PXB, P2C, PXN, PHB, SYS, …
  std::string text;          // the whole line
};

struct Report {
  std::string version;                   // `2.28.9+cuda13.0`
  std::vector<std::string> networks;     // of `Using network`
  std::string libfabric_provider;        // `efa`, `tcp;ofi_rxm`; empty: not reported
  std::map<std::string, NicNames> nics;  // by network
  std::vector<Connection> connections;
  std::vector<Pattern> patterns;
  std::map<int, std::map<int, int>> next_in_ring;  // channel: rank, the rank it sends to
  std::map<int, std::map<int, int>> previous_in_ring;
  std::map<int, std::map<int, int>> parent_in_tree;  // -1: the root
  std::map<int, std::map<int, std::set<int>>> children_in_tree;
  DevicePaths paths;
  int ranks = 0;                              // of the communicator
  int ranks_started = 0, ranks_complete = 0;  // that wrote `Init START`, `Init COMPLETE` here
  int nodes = 0;                              // 0: not reported
  int channels = 0, nvls_channels = 0;        // as agreed at the end of the initialisation
  bool collnet_given_up = false;              // it was set up and is not used
  std::vector<std::string> warnings;          // NCCL's own words, each once
  bool is_truncated = false;                  // ends inside a line
};

/// Of the communicator that is made first from the byte `begin` on. Connections of other
/// communicators are left out; what the process says once (its NICs) may stand before.
Report parse_report(std::string_view text, std::size_t begin = 0);

}  // namespace assay::nccl
