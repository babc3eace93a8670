// How the portable forward pass is launched: the instance of the kernel and its arguments.
#pragma once

#include <string>

#include "kernels/attention/attention_kernel.h"
#include "kernels/attention/sm80/forward.cuh"
#include "kernels/launch/prepare.cuh"

namespace assay::attention::sm80 {

/// How an instance of forward() runs.
template <class K>
Plan forward_plan_of(const Problem& problem, int) {
  PortableArguments arguments{forward_arguments(problem, K::kQueries, 2)};
  device::LaunchConfig config;
  config.grid.x = static_cast<unsigned>(arguments.tiles);
  config.block.x = static_cast<unsigned>(K::kThreads);
  config.shared_bytes = sizeof(ForwardShared<K>);
  Plan plan;
  plan.description = std::to_string(K::kQueries) + "x" + std::to_string(K::kTile.keys) + ", " +
                     std::to_string(arguments.tiles) + " blocks";
  plan.bind = [=](const Pointers& arrays, const Workspace&) {
    PortableArguments bound = arguments;
    bound.q = static_cast<const unsigned char*>(arrays.q);
    bound.k = static_cast<const unsigned char*>(arrays.k);
    bound.v = static_cast<const unsigned char*>(arrays.v);
    bound.output = static_cast<unsigned char*>(arrays.output);
    bound.log_sum_exp = arrays.log_sum_exp;
    if constexpr (K::kVarlen) {
      bound.sequences = VarlenView::on(arrays.sequences, problem.batches);
    }
    return prepare_launch(config, forward<K>, bound);
  };
  return plan;
}

/// One of kForwardTiles, as a template's parameter.
template <int kIndex>
struct ListedTile {
  static constexpr ForwardTile kTile = kForwardTiles[kIndex];
};

/// With the tile of that place in kForwardTiles.
template <class Element, bool kVarlen, int kIndex = 0>
Plan forward_plan_with(int tile, const Problem& problem) {
  if constexpr (kIndex + 1 < kForwardTileCount) {
    if (tile != kIndex) return forward_plan_with<Element, kVarlen, kIndex + 1>(tile, problem);
  }
  return forward_plan_of<Forward<Element, ListedTile<kIndex>, kVarlen>>(problem, 1);
}

template <class Element>
Plan forward_plan(const Problem& problem, int) {
  const int tile = forward_tile_for(problem);
  return problem.varlen ? forward_plan_with<Element, true>(tile, problem)
                        : forward_plan_with<Element, false>(tile, problem);
}

/// The catalogue's entry of one dtype.
template <class Element>
Kernel forward_entry(const char* dtype) {
  const DtypeFacts& element = facts_of(*dtype_named(dtype));
  return {.workload = Workload::forward,
          .dtype = dtype,
          .name = "sm80",
          .summary =
              "an online softmax between two products by mma.sync, keys and values fed by cp.async",
          .types = {element.dtype, element.dtype, element.sum},
          .plan = forward_plan<Element>,
          .capability = {8},
          .refuses = forward_refusal};
}

}  // namespace assay::attention::sm80
