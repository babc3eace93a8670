// A baseline from documents: what this SKU reaches here.
#pragma once

#include <string>
#include <vector>

#include "harness/core/baseline.h"
#include "harness/core/result.h"

namespace assay {

/// One row for each case, series, scope, fabric and input pattern: the median over devices and
/// runs, its spread and how many were left when outliers had been dropped. Throws Error when the
/// documents are of several SKUs, of simulated and of real ones, or hold nothing to take.
Baseline baseline_of(const std::vector<Result>& results, const std::string& name);

/// Drops the values far from the median of the others, again and again until none is. Of fewer
/// than four nothing is dropped.
std::vector<double> without_outliers(std::vector<double> values);

}  // namespace assay
