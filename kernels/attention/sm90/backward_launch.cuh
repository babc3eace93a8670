// How the Hopper backward pass is launched: three kernels, one after the other.
#pragma once

#include <algorithm>

#include "kernels/attention/attention_kernel.h"
#include "kernels/attention/sm90/backward.cuh"
#include "kernels/attention/sm90/backward_rows.cuh"
#include "kernels/attention/sm90/positions_map.cuh"
#include "kernels/launch/prepare.cuh"

namespace assay::attention::sm90 {

inline std::optional<std::string> backward_refusal(const Problem& problem) {
  if (problem.width == problem.value_width && (problem.width == 64 || problem.width == 128)) {
    return std::nullopt;
  }
  return "takes d 64 or 128 with the same dv";
}

/// Blocks of `threads` for so many items, one a thread.
inline device::LaunchConfig one_each(std::int64_t items, int threads) {
  device::LaunchConfig config;
  config.grid.x = static_cast<unsigned>((items + threads - 1) / threads);
  config.block.x = static_cast<unsigned>(threads);
  return config;
}

/// How an instance of backward() runs on so many multiprocessors.
template <class K>
Plan backward_plan_of(const Problem& problem, int multiprocessors) {
  using Element = typename K::Element;
  constexpr int kWidth = K::kWidth;
  constexpr hopper::Registers kRegisters = hopper::registers(K::kConsumers, K::kProducerRegisters);
  const std::int64_t key_heads = static_cast<std::int64_t>(problem.batches) * problem.key_heads;
  // What all blocks of keys of a head read.
  const std::int64_t head_bytes = std::int64_t{2} * problem.queries * problem.group() * 2 * kWidth;
  BackwardArguments arguments;
  arguments.scores = problem.scores();
  arguments.order = TileOrder((problem.keys + kBackwardKeys - 1) / kBackwardKeys, key_heads,
                              section_heads(head_bytes, kSectionBytes, 1));
  arguments.key_heads = problem.key_heads;
  arguments.group = problem.group();
  arguments.scale = static_cast<float>(problem.scale());
  arguments.scale_log2 = static_cast<float>(problem.scale() * 1.4426950408889634);
  const auto blocks = std::min<std::int64_t>(arguments.order.count(), multiprocessors);
  device::LaunchConfig config;
  config.grid.x = static_cast<unsigned>(blocks);
  config.block.x = static_cast<unsigned>(hopper::threads(K::kConsumers));
  config.shared_bytes = sizeof(BackwardShared<K>);
  config.registers_per_thread = kRegisters.initial;
  const BackwardScratch scratch(problem);
  Plan plan;
  plan.description = std::to_string(kBackwardQueries) + "x" + std::to_string(kBackwardKeys) + ", " +
                     std::to_string(blocks) + " blocks";
  plan.scratch_bytes = scratch.bytes;
  plan.bind = [=](const Pointers& arrays, const Workspace& workspace) {
    const auto part = [&](std::size_t offset) {
      return reinterpret_cast<float*>(static_cast<unsigned char*>(workspace.scratch) + offset);
    };
    float* dq = part(scratch.query_gradients);
    const RowArguments rows{problem.batches,
                            problem.query_heads,
                            problem.queries,
                            arrays.output,
                            arrays.output_gradient,
                            arrays.log_sum_exp,
                            dq,
                            part(scratch.log_sum_exp),
                            part(scratch.output_sum),
                            reinterpret_cast<std::uint32_t*>(part(scratch.additions))};
    BackwardArguments bound = arguments;
    bound.log_sum_exp = rows.padded_log_sum_exp;
    bound.output_sum = rows.output_sum;
    bound.additions = rows.additions;
    const auto map = [&](const void* address, device::TensorElement element, int positions,
                         int heads, int box) {
      return device::encode_tensor_map(
          positions_map(address, element, problem.batches, positions, heads, kWidth, box));
    };
    constexpr device::TensorElement kElement = kTensorElement<Element>;
    const auto of_queries = [&](const void* address, device::TensorElement element) {
      return map(address, element, problem.queries, problem.query_heads, kBackwardQueries);
    };
    const auto of_keys = [&](const void* address, int box) {
      return map(address, kElement, problem.keys, problem.key_heads, box);
    };
    const BackwardMaps maps{of_queries(arrays.q, kElement),
                            of_keys(arrays.k, kBackwardKeys),
                            of_keys(arrays.v, kBackwardKeys),
                            of_queries(arrays.output_gradient, kElement),
                            of_queries(dq, device::TensorElement::kF32),
                            of_keys(arrays.dk, 64),
                            of_keys(arrays.dv, 64)};
    const std::int64_t fours = problem.output_rows() * kWidth / 4;
    const PreparedLaunch launches[] = {
        prepare_launch(one_each(rows.padded_rows() * 32, kRowThreads),
                       prepare_rows<Element, kWidth>, rows),
        prepare_launch(config, backward<K>, maps, bound),
        prepare_launch(one_each(fours, kRowThreads), round_query_gradients<Element>,
                       reinterpret_cast<const FourFloats*>(dq), static_cast<TwoWords*>(arrays.dq),
                       fours, bound.scale)};
    return PreparedLaunch(
        [before = launches[0], all = launches[1], after = launches[2]](void* stream) {
          for (const PreparedLaunch* one : {&before, &all, &after}) one->launch(stream);
        });
  };
  return plan;
}

template <class Element, bool kOrdered>
Plan backward_plan(const Problem& problem, int multiprocessors) {
  return problem.width == 64
             ? backward_plan_of<Backward<Element, 64, kOrdered>>(problem, multiprocessors)
             : backward_plan_of<Backward<Element, 128, kOrdered>>(problem, multiprocessors);
}

/// The catalogue's entry of one dtype.
template <class Element, bool kOrdered>
Kernel backward_entry(const char* dtype) {
  const DtypeFacts& element = facts_of(*dtype_named(dtype));
  return {.workload = Workload::backward,
          .dtype = dtype,
          .name = kOrdered ? "sm90_ordered" : "sm90",
          .summary = kOrdered
                         ? "the same with dQ added in one order: repeated runs give the same bits"
                         : "blocks of keys stay while queries go by, fed by TMA; dQ added by TMA",
          .types = {element.dtype, element.dtype, element.sum},
          .plan = backward_plan<Element, kOrdered>,
          .capability = {9, true},
          .refuses = backward_refusal};
}

}  // namespace assay::attention::sm90
