// The series that a workload can be measured in.
#pragma once

#include <string_view>

#include "harness/core/result.h"
#include "harness/core/workload.h"

namespace assay {

/// A graph spares launches, which only what computes or spans ranks has many of. Pairs of ranks
/// exchange one buffer again and again.
inline bool has_series(std::string_view workload, Series series) {
  const Span span = span_of(workload);
  if (span == Span::rank_pairs) return series == Series::hot;
  const bool is_moved = span == Span::between_devices || workload.starts_with("memory_") ||
                        workload == "host_to_device" || workload == "device_to_host";
  return series != Series::graph || !is_moved;
}

}  // namespace assay
