// The devices or ranks that a workload is measured on, by its name.
#pragma once

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

}  // namespace assay
