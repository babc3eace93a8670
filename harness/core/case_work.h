// What one iteration of a case computes and moves, from its id alone.
#pragma once

#include <optional>

#include "harness/core/shape.h"
#include "harness/core/work.h"

namespace assay {

/// FLOP and bytes by the conventions of work.h; where the bytes depend on the implementation, as of
/// one that moves each operand once. Of products, attention, memory, copies and collectives;
/// nothing for another workload and for a shape or dtype that its workload does not have.
std::optional<Work> work_of(const CaseId& id);

}  // namespace assay
