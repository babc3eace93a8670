// The words for what moves data between ranks: what a transport's `kind` is made of, joined by `+`.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace assay {

/// A network's word ends in `_gdr` where the NIC accesses GPU memory directly.
struct TransportWord {
  std::string_view word;
  bool is_network = false;     // else it joins the devices of one node or NVLink domain
  bool is_fast = false;        // what a node or fabric for training is bought with
  bool is_gpu_direct = false;  // the word's last part is `_gdr`
};

/// Every word that has a meaning of its own. A network plugin that is not listed is named by
/// itself.
inline constexpr std::array kTransportWords = {
    TransportWord{"nvlink", false, true, false},
    TransportWord{"nvls", false, true, false},
    TransportWord{"c2c", false, false, false},
    TransportWord{"pcie", false, false, false},
    TransportWord{"shm", false, false, false},
    TransportWord{"socket", true, false, false},
    TransportWord{"tcp", true, false, false},
    TransportWord{"ib", true, false, false},
    TransportWord{"ib_gdr", true, true, true},
    TransportWord{"roce", true, false, false},  // gIB too, which is RDMA over Ethernet
    TransportWord{"roce_gdr", true, true, true},
    TransportWord{"efa", true, false, false},
    TransportWord{"efa_gdr", true, true, true},
    TransportWord{"slingshot", true, false, false},
    TransportWord{"slingshot_gdr", true, true, true},
    TransportWord{"fastrak", true, false, false},  // GPUDirect-TCPXO
    TransportWord{"fastrak_gdr", true, true, true},
    TransportWord{"gpudirecttcpx", true, false, false},
    TransportWord{"gpudirecttcpx_gdr", true, true, true},
    TransportWord{"collnet", true, false, false},  // reductions in the switches
    TransportWord{"collnet_gdr", true, true, true},
};

/// Whether data leaves the node by it. A word that is not listed is a network's.
constexpr bool is_network(std::string_view word) {
  const auto* known = std::find_if(kTransportWords.begin(), kTransportWords.end(),
                                   [&](const TransportWord& one) { return one.word == word; });
  return known == kTransportWords.end() || known->is_network;
}

}  // namespace assay
