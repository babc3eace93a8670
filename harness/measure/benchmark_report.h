// Measurements as Google Benchmark's own JSON, for the tools that read it.
#pragma once

#include <string>
#include <vector>

#include "harness/core/output.h"
#include "harness/core/result.h"

namespace assay {

/// The JSON that `--benchmark_out` would write if each case were a benchmark named
/// `<case>/<series>`: every kept sample is a repetition, and the median with its metrics is an
/// aggregate. A case measured at several scopes has the scope in its name, a failed one has
/// `error_occurred`, and one that does not apply here is absent. `documents` belong to one run. The
/// context describes this machine and names the run of the first document. CPU time is not measured
/// and is written as 0.
std::string benchmark_report(const std::vector<Result>& documents);
/// How an existing report is distinguished from another file.
OutputKind benchmark_report_kind();

}  // namespace assay
