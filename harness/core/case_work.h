// What one pass of a case computes and moves, from its id alone.
#pragma once

#include <optional>
#include <string_view>

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

/// What a collective's bytes a second are multiplied by to give the rate of the busiest link
/// (collectives/README.md derives it); nothing for a workload that is no collective.
std::optional<double> bus_factor(std::string_view workload, double ranks);

}  // namespace assay
