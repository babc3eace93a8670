// The names of the workloads that no device has alone.
#include "harness/core/workload.h"

#include <algorithm>
#include <array>

namespace assay {

Span span_of(std::string_view workload) {
  constexpr std::array<std::string_view, 7> kCollectives = {
      "all_reduce", "all_gather", "reduce_scatter", "all_to_all",
      "broadcast",  "reduce",     "send_recv"};
  if (workload == "device_to_device") return Span::between_devices;
  if (workload == "pair") return Span::rank_pairs;
  const bool is_collective =
      std::find(kCollectives.begin(), kCollectives.end(), workload) != kCollectives.end();
  return is_collective ? Span::between_ranks : Span::device;
}

bool spans_ranks(std::string_view workload) {
  const Span span = span_of(workload);
  return span == Span::between_ranks || span == Span::rank_pairs;
}

}  // namespace assay
