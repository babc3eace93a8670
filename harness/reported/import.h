// Makes documents of what other tools printed: figures that are reported, never verified.
#pragma once

#include "harness/reported/source.h"

namespace assay::reported {

/// The table that nccl-tests prints, or its file of -J. Throws Error, one line, for an output that
/// is damaged or does not say what it is of.
Result import_nccl_tests(const Source& source);
/// What nvbandwidth prints, as text or with -j.
Result import_nvbandwidth(const Source& source);
/// What `dcgmi diag` prints, as text or with -j: checks, no figures.
Result import_dcgmi(const Source& source);
/// The JSON of Google Benchmark.
Result import_google_benchmark(const Source& source);

}  // namespace assay::reported
