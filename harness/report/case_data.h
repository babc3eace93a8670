// The measurements of a report, case by case: what all devices share once, and a row for each that
// measured it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/core/result.h"

namespace assay {

/// Above this many measurements the page keeps the figures of each, but not its samples and
/// telemetry: a report of thousands of devices must still open in a browser.
inline constexpr std::size_t kDetailedMeasurements = 4000;

/// An array of cases; see Case in web/src/data.ts. `devices` gives the page's index of a device by
/// its UUID.
Json case_data(const std::vector<Result>& results, const std::map<std::string, int>& devices);

/// The names of a row's first entries, in their order.
Json row_fields();

}  // namespace assay
