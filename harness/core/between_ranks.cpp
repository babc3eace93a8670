// The names of the workloads between ranks.
#include "harness/core/between_ranks.h"

#include <algorithm>
#include <array>

namespace assay {

bool spans_ranks(std::string_view workload) {
  constexpr std::array<std::string_view, 8> kBetweenRanks = {
      "all_reduce", "all_gather", "reduce_scatter", "all_to_all",
      "broadcast",  "reduce",     "send_recv",      "pair"};
  return std::find(kBetweenRanks.begin(), kBetweenRanks.end(), workload) != kBetweenRanks.end();
}

bool spans_devices(std::string_view workload) { return workload == "device_to_device"; }

}  // namespace assay
