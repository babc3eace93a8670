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

/// Above this many it lists of each case only the rows that somebody looks for: those that were not
/// measured, the slowest, the middle and the fastest; of all cases together about so many.
inline constexpr std::size_t kListedMeasurements = 10000;

struct CaseData {
  Json cases = Json::array();   ///< See CaseData in web/src/data.ts.
  std::string slowest_by;       ///< The row's entry by which a device has a slowest case.
  std::map<int, Json> slowest;  ///< By the index of a device: the index of a case, and the value.
};

/// `devices` gives the page's index of a device by its UUID.
CaseData case_data(const std::vector<Result>& results, const std::map<std::string, int>& devices);

/// The names of a row's first entries, in their order.
Json row_fields();

}  // namespace assay
