// What is kept of a document after every requirement looked at it.
#pragma once

#include "harness/core/result.h"

namespace assay {

/// Takes from a document what devices measured by themselves, and sample values and telemetry of
/// the rest: nine tenths of it. Left are its run, its nodes with their devices, which stay where
/// they are, and the summaries of what spans ranks, is of another tool or has a transport.
void reduce(Result& document);

}  // namespace assay
