// Replaces the measurements of a group by those after its latest pass.
#pragma once

#include <vector>

#include "harness/core/result.h"

namespace assay::run {

/// Puts a measurement in the place of the one of the same group, case and series, or after all. Not
/// for pairs, which are measured again and again and are all kept.
void keep_newest(const Measurement& measurement, std::vector<Measurement>& all);

}  // namespace assay::run
