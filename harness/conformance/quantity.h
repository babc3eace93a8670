// Numbers as a person reads them in a reason: `84.1 GFLOP/s`, `61 %`, `1.23 ms`.
#pragma once

#include <optional>
#include <string>

#include "harness/conformance/cases.h"

namespace assay {

/// By the metric's name: FLOP/s or B/s with a decimal prefix.
std::string in_words(const Rate& rate);
/// `61 %`, `2 %`; one decimal below 10 % where it says something.
std::string percent(double fraction);
/// A limit that `value` is beyond; where both read the same, with the value's own digits:
/// `90 %, it is 89.6 %`.
std::string percent_limit(double limit, double value);
/// A frequency in MHz.
std::string megahertz(double hertz);

}  // namespace assay
