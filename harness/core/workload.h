// What follows from a workload's name: the devices or ranks that it is measured on, and of a
// collective its figures.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace assay {

enum class Span {
  device,           ///< One device, or all of a node at the same time.
  between_devices,  ///< The devices of one node: copies from one to another.
  between_ranks,    ///< All ranks of a run, and those that share a scope: a collective.
  rank_pairs,       ///< Every two ranks.
};

/// A workload of unknown name runs on a device, because any kernel may add a workload.
Span span_of(std::string_view workload);

/// `between_ranks` or `rank_pairs`.
bool spans_ranks(std::string_view workload);

/// What a collective's figures follow from, whoever measured it.
struct CollectiveFacts {
  std::string_view workload;
  /// How often the parts of the other n - 1 of n ranks cross the busiest link, so that the bus
  /// factor is so many times (n - 1) / n; 0: the whole array crosses it once.
  int part_crossings;
  bool adds;  ///< It adds up what the ranks hold.
};

/// One row for each.
std::span<const CollectiveFacts> collective_facts();

/// Bus bandwidth of a collective is bytes / time * factor (collectives/README.md derives the
/// factors); nothing for other workloads.
std::optional<double> bus_factor_of(std::string_view workload, std::int64_t ranks);

}  // namespace assay
