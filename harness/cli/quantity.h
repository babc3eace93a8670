// Numbers as people read them: three significant digits, an SI prefix and the unit.
#pragma once

#include <string>
#include <string_view>

#include "harness/core/result.h"

namespace assay::cli {

/// `quantity(8.81e10, "FLOP/s")` is `88.1 GFLOP/s`.
std::string quantity(double value, std::string_view unit);
/// A measurement's rate (`21.4 GB/s`), or nothing when it has none.
std::string rate(const Measurement& measurement);
/// A fraction as a percentage: `0.782` is `78.2 %`.
std::string percentage(double fraction);
/// A number of seconds to wait, rounded for a reader: `40 s`, `3 min`.
std::string duration(double seconds);

}  // namespace assay::cli
