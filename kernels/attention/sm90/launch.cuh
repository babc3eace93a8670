// How the Hopper forward pass is launched: the instance of the kernel, tensor maps, arguments.
#pragma once

#include <algorithm>

#include "kernels/attention/attention_kernel.h"
#include "kernels/attention/sm90/forward.cuh"
#include "kernels/attention/sm90/positions_map.cuh"
#include "kernels/launch/prepare.cuh"

namespace assay::attention::sm90 {

inline std::optional<std::string> refusal(const Problem& problem) {
  if (tile_for(problem) >= 0) return std::nullopt;
  return "takes d 64, 128 or 256 with the same dv, and d 192 with dv 128";
}

/// How an instance of forward() runs on so many multiprocessors.
template <class K>
Plan forward_plan(const Problem& problem, int multiprocessors) {
  constexpr TileConfig kTile = K::kTile;
  constexpr device::TensorElement kElement = kTensorElement<typename K::Element>;
  const Arguments arguments{forward_arguments(problem, K::kQueries, kTile.element_bytes)};
  const auto blocks = std::min<std::int64_t>(arguments.tiles, multiprocessors);
  device::LaunchConfig config;
  config.grid.x = static_cast<unsigned>(blocks);
  config.block.x = static_cast<unsigned>(threads(kTile));
  config.shared_bytes = sizeof(Shared<K>);
  config.registers_per_thread = registers(kTile).initial;
  Plan plan;
  plan.description = std::to_string(K::kQueries) + "x" + std::to_string(kTile.keys) + ", " +
                     std::to_string(blocks) + " blocks";
  plan.bind = [=](const Pointers& arrays, const Workspace&) {
    Arguments bound = arguments;
    bound.log_sum_exp = arrays.log_sum_exp;
    if constexpr (K::kVarlen) {
      bound.sequences = VarlenView::on(arrays.sequences, problem.batches);
    }
    bound.output = static_cast<unsigned char*>(arrays.output);
    // Packed sequences are one long batch.
    const int batches = K::kVarlen ? 1 : problem.batches;
    const auto queries = static_cast<int>(problem.first_query(problem.batches) / batches);
    const auto keys = static_cast<int>(problem.first_key(problem.batches) / batches);
    device::TensorMapSpec k = positions_map(arrays.k, kElement, batches, keys, problem.key_heads,
                                            kTile.width, kTile.keys);
    device::TensorMapSpec v = positions_map(arrays.v, kElement, batches, keys, problem.key_heads,
                                            kTile.value_width, kTile.keys);
    if constexpr (K::kIsFp8) {
      bound.scales = head_scales(arrays.scales, problem);
      k = fours_map(arrays.k, batches, keys, problem.key_heads, kTile.width, kTile.keys);
      v = columns_map(arrays.v, batches, keys, problem.key_heads, kTile.value_width);
    }
    const device::TensorMapSpec q = positions_map(arrays.q, kElement, batches, queries,
                                                  problem.query_heads, kTile.width, K::kQueries);
    const device::TensorMapSpec o =
        positions_map(arrays.output, kTensorElement<typename K::Output>, batches, queries,
                      problem.query_heads, kTile.value_width, kRows);
    return prepare_launch(config, forward<K>, device::encode_tensor_map(q),
                          device::encode_tensor_map(k), device::encode_tensor_map(v),
                          device::encode_tensor_map(o), bound);
  };
  return plan;
}

/// With the tile of that place in kTiles.
template <class Element, bool kVarlen, int kIndex = 0>
Plan plan_with(int tile, const Problem& problem, int multiprocessors) {
  if constexpr (kIndex + 1 < kTileCount) {
    if (tile != kIndex) {
      return plan_with<Element, kVarlen, kIndex + 1>(tile, problem, multiprocessors);
    }
  }
  return forward_plan<Forward<Element, ListedTile<kIndex>, kVarlen>>(problem, multiprocessors);
}

template <class Element>
Plan plan(const Problem& problem, int multiprocessors) {
  const int tile = tile_for(problem);
  return problem.varlen ? plan_with<Element, true>(tile, problem, multiprocessors)
                        : plan_with<Element, false>(tile, problem, multiprocessors);
}

/// The catalogue's entry of one dtype.
template <class Element>
Kernel forward_entry(const char* dtype) {
  const DtypeFacts& element = facts_of(*dtype_named(dtype));
  return {.workload = Workload::forward,
          .dtype = dtype,
          .name = "sm90",
          .summary = "warpgroups take turns at wgmma and softmax, fed by TMA, persistent",
          .types = {element.dtype, element.dtype, element.sum},
          .plan = plan<Element>,
          .capability = {9, true},
          .refuses = refusal};
}

}  // namespace assay::attention::sm90
