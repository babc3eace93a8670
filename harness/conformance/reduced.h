// What is kept of a document after every requirement looked at it.
#pragma once

#include "harness/core/result.h"

namespace assay {

/// Takes out of a document its run, its nodes with their devices, which stay where they are, and
/// the summaries of what spans ranks, is of another tool or has a transport. Left are what devices
/// measured by themselves, and sample values and telemetry of the rest: nine tenths of it, and
/// memory to read another document into.
Result take_reduced(Result& document);

}  // namespace assay
