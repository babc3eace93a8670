// What one pass of a case computes and moves, from its id alone.
#pragma once

#include <optional>

#include "harness/core/shape.h"

namespace assay {

/// By the conventions of kernels/README.md, each operand moved once. Zero: does not apply.
struct CaseWork {
  double flop = 0;
  double moved_bytes = 0;
};

/// Of products, attention, memory, copies and collectives; nothing for another workload and for a
/// shape or dtype that its workload does not have.
std::optional<CaseWork> work_of(const CaseId& id);

}  // namespace assay
