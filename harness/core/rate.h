// The rate that a measurement is judged and shown by.
#pragma once

#include <optional>
#include <string>

#include "harness/core/result.h"

namespace assay {

struct Rate {
  std::string metric;  ///< a key of Measurement::metrics
  double value = 0;    ///< SI
};

/// flop_per_s, else bus bandwidth, else bytes_per_s; of a memory workload its bytes. Absent unless
/// the measurement was measured, verified and is a positive number.
std::optional<Rate> rate_of(const Measurement& measurement);

/// The same of a figure that another tool reported: to be shown as that, never to be judged as
/// measured.
std::optional<Rate> reported_rate_of(const Measurement& measurement);

}  // namespace assay
