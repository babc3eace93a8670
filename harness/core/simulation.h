// Distinguishes documents that `assay simulate` made from documents of measurements.
#pragma once

#include "harness/core/result.h"

namespace assay {

/// The key of `extensions` under which `assay simulate` keeps its model.
inline constexpr const char* kSimulation = "simulation";

/// Whether no hardware was measured for the document. One of the host backend is marked `simulated`
/// too, because it is no evidence of an accelerator, but its CPU was measured.
bool is_simulation(const Result& result);

}  // namespace assay
