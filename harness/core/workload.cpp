// The names of the workloads that no device has alone, and the table of collectives.
#include "harness/core/workload.h"

#include <algorithm>
#include <array>

namespace assay {

namespace {

constexpr std::array kCollectives = {
    CollectiveFacts{"all_reduce", 2, true},     CollectiveFacts{"all_gather", 1, false},
    CollectiveFacts{"reduce_scatter", 1, true}, CollectiveFacts{"all_to_all", 1, false},
    CollectiveFacts{"broadcast", 0, false},     CollectiveFacts{"reduce", 0, true},
    CollectiveFacts{"send_recv", 0, false}};

const CollectiveFacts* collective_of(std::string_view workload) {
  const auto found =
      std::find_if(kCollectives.begin(), kCollectives.end(),
                   [&](const CollectiveFacts& row) { return row.workload == workload; });
  return found == kCollectives.end() ? nullptr : &*found;
}

}  // namespace

Span span_of(std::string_view workload) {
  if (workload == "device_to_device") return Span::between_devices;
  if (workload == "pair") return Span::rank_pairs;
  return collective_of(workload) != nullptr ? Span::between_ranks : Span::device;
}

bool spans_ranks(std::string_view workload) {
  const Span span = span_of(workload);
  return span == Span::between_ranks || span == Span::rank_pairs;
}

std::span<const CollectiveFacts> collective_facts() { return kCollectives; }

std::optional<double> bus_factor_of(std::string_view workload, std::int64_t ranks) {
  const CollectiveFacts* collective = collective_of(workload);
  if (collective == nullptr) return std::nullopt;
  const auto n = static_cast<double>(ranks);
  return collective->part_crossings == 0 ? 1 : collective->part_crossings * (n - 1) / n;
}

}  // namespace assay
