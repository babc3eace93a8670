// The samples of a measurement that do not count, and what they say about the machine.
#pragma once

#include <string>

#include "harness/core/result.h"

namespace assay {

/// Of all samples that were taken.
double discarded_fraction(const Measurement& measurement);

/// Of all samples that were taken, those that were discarded because others contended for what was
/// measured.
double contended_fraction(const Measurement& measurement);

/// `cpu_contention 12, cpu_wait 3`.
std::string discard_reasons_text(const Samples& samples);

}  // namespace assay
