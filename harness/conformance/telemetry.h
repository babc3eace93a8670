// What judging reads of a measurement's telemetry.
#pragma once

#include <array>
#include <string_view>

#include "harness/core/result.h"

namespace assay {

/// Every name that a requirement asks for: a reader that judges documents keeps no others.
inline constexpr std::array<std::string_view, 8> kJudgedTelemetry = {"clock_event_fractions",
                                                                     "clock_hz",
                                                                     "cpu_other_fraction",
                                                                     "cpu_steal_fraction",
                                                                     "discarded_fraction",
                                                                     "new_errors",
                                                                     "power_w",
                                                                     "temperature_c"};

/// Null where the measurement has none. Throws std::logic_error for a name that is not in
/// kJudgedTelemetry.
const Json* telemetry_of(const Measurement& measurement, std::string_view name);

}  // namespace assay
