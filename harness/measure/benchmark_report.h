// Measurements as Google Benchmark's own JSON, for the tools that read it.
#pragma once

#include <string>
#include <vector>

#include "harness/core/result.h"

namespace assay {

/// What its `--benchmark_out` would hold had each case been a benchmark named
/// `<case>/<series>`: every kept sample is a repetition, the median with its metrics an aggregate.
/// A case measured at several scopes has the scope in its name; one that failed has
/// `error_occurred`; one that does not apply here is absent. `documents` are one run's, the
/// context is this machine's and names the run of the first. CPU time is not measured: 0.
std::string benchmark_report(const std::vector<Result>& documents);

}  // namespace assay
