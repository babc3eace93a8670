// Fuzzes the parser of NCCL's report and what is made of it.
#include "collectives/nccl/graph_report.h"
#include "collectives/nccl/transport_seen.h"
#include "tests/fuzz/holds.h"

namespace {

bool is_printable(const std::string& text) {
  for (const char c : text) {
    if (c < ' ' || c > '~') return false;
  }
  return text.size() < 2000;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay;
  const std::string_view text = fuzz::text_of(data, size);
  const nccl::Report report = nccl::parse_report(text);
  for (const char* algorithm : {"", "RING", "TREE", "NVLS", "NVLS_TREE", "COLLNET_DIRECT"}) {
    const nccl::TransportSeen seen = nccl::transport_seen(report, algorithm);
    fuzz::must_hold(!seen.kind.empty(), "a transport has a kind");
    fuzz::must_hold((seen.kind == "unknown") == !seen.why.empty(), "what is unknown says why");
    fuzz::must_hold(is_printable(seen.kind) && is_printable(seen.why), "words are printable");
    for (const std::string& nic : seen.nics) {
      fuzz::must_hold(is_printable(nic) && !nic.empty(), "a NIC's name is printable");
    }
  }
  bool is_unknown = false;
  for (const nccl::Connection& connection : report.connections) {
    is_unknown = is_unknown || connection.link == nccl::Link::unknown;
  }
  fuzz::must_hold(!is_unknown || nccl::transport_seen(report, "").kind == "unknown",
                  "an unknown connection makes the transport unknown");
  return 0;
}
