// How the decode step is launched: the instance of the kernel, its splits and their workspace.
#pragma once

#include <string>

#include "kernels/attention/attention_kernel.h"
#include "kernels/attention/sm80/decode.cuh"
#include "kernels/launch/prepare.cuh"

namespace assay::attention::sm80 {

template <class K>
Plan decode_plan(const Problem& problem, int multiprocessors) {
  const Arguments arguments = arguments_of(problem, K::kRows, multiprocessors);
  device::LaunchConfig config;
  config.grid.x = static_cast<unsigned>(arguments.blocks());
  config.block.x = static_cast<unsigned>(kThreads);
  config.shared_bytes = sizeof(Shared<K>);
  Plan plan;
  plan.description =
      std::to_string(K::kRows) + " rows, " + std::to_string(arguments.splits) + " splits";
  const std::int64_t rows = arguments.blocks() * K::kRows;
  if (arguments.splits > 1) {
    plan.scratch_bytes = element_count(rows, K::kWidth + 1) * sizeof(float);
    plan.counter_bytes = static_cast<std::size_t>(arguments.tiles()) * sizeof(std::uint32_t);
  }
  plan.bind = [=](const Pointers& arrays, const Workspace& workspace) {
    Arguments bound = arguments;
    bound.arrays = arrays;
    bound.outputs = static_cast<float*>(workspace.scratch);
    if (bound.outputs) bound.log_sum_exps = bound.outputs + rows * K::kWidth;
    bound.arrivals = static_cast<std::uint32_t*>(workspace.counters);
    return prepare_launch(config, decode<K>, bound);
  };
  return plan;
}

template <class Element, int kWidth>
Plan plan_of_width(const Problem& problem, int multiprocessors) {
  const bool few = row_warps(PackedRows{problem.group()}.rows(problem.queries)) == 1;
  return few ? decode_plan<Decode<Element, kWidth, 1>>(problem, multiprocessors)
             : decode_plan<Decode<Element, kWidth, kWarps>>(problem, multiprocessors);
}

template <class Element>
Plan plan(const Problem& problem, int multiprocessors) {
  return problem.width == 64 ? plan_of_width<Element, 64>(problem, multiprocessors)
                             : plan_of_width<Element, 128>(problem, multiprocessors);
}

/// The catalogue's entry of one dtype.
template <class Element>
Kernel decode_entry(const char* dtype) {
  const DtypeFacts& element = facts_of(*dtype_named(dtype));
  return {.workload = Workload::decode,
          .dtype = dtype,
          .name = "sm80",
          .summary =
              "one decode step over a paged cache: keys split over blocks and warps, mma.sync "
              "fed by cp.async",
          .types = {element.dtype, element.dtype, element.sum},
          .plan = plan<Element>,
          .capability = {8},
          .refuses = refusal};
}

}  // namespace assay::attention::sm80
