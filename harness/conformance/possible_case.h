// Whether any measurement can be of a workload, or have the key of a baseline's row.
#pragma once

#include <string>

#include "harness/conformance/part_light.h"

namespace assay {

/// Whether any implementation of it is known.
bool is_workload(const std::string& workload);

/// Why no measurement of such a part can be what the row is about; empty when one can. Which
/// implementations there are of a workload follows from the built-in profiles: the developers'
/// profiles name every one.
std::string why_never_matched(const BaselineRow& row, const PartKind& part);

}  // namespace assay
