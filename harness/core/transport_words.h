// The words for what moves data between ranks: what a transport's `kind` is made of, joined by `+`.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace assay {

/// A network's word ends in `_gdr` where the NIC accesses GPU memory directly.
struct TransportWord {
  std::string_view word;
  bool is_network = false;  // else it joins the devices of one node or NVLink domain
};

/// Every word that has a meaning of its own. A network plugin that is not listed is named by
/// itself.
inline constexpr std::array kTransportWords = {
    TransportWord{"nvlink", false},
    TransportWord{"nvls", false},
    TransportWord{"c2c", false},
    TransportWord{"pcie", false},
    TransportWord{"shm", false},
    TransportWord{"socket", true},
    TransportWord{"tcp", true},
    TransportWord{"ib", true},
    TransportWord{"ib_gdr", true},
    TransportWord{"roce", true},  // gIB too, which is RDMA over Ethernet
    TransportWord{"roce_gdr", true},
    TransportWord{"efa", true},
    TransportWord{"efa_gdr", true},
    TransportWord{"slingshot", true},
    TransportWord{"slingshot_gdr", true},
    TransportWord{"fastrak", true},  // GPUDirect-TCPXO
    TransportWord{"fastrak_gdr", true},
    TransportWord{"gpudirecttcpx", true},
    TransportWord{"gpudirecttcpx_gdr", true},
    TransportWord{"collnet", true},  // reductions in the switches
    TransportWord{"collnet_gdr", true},
};

/// Whether data leaves the node by it. A word that is not listed is a network's.
constexpr bool is_network(std::string_view word) {
  const auto* known = std::find_if(kTransportWords.begin(), kTransportWords.end(),
                                   [&](const TransportWord& one) { return one.word == word; });
  return known == kTransportWords.end() || known->is_network;
}

}  // namespace assay
