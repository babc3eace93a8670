// One group from its description to its measurements: prepare, verify, sample, summarise, free.
#pragma once

#include <vector>

#include "harness/measure/group_run.h"

namespace assay {

/// One measurement per member, in order (of groups that are measured together, group by group). A
/// member whose series was interrupted before it had the samples that the rule requires is left
/// out.
std::vector<Measurement> measure_group(Group& group, const GroupRunOptions& options);

}  // namespace assay
