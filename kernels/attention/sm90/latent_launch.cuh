// How the decode step of latent attention is launched: its splits, their workspace, tensor maps,
// and the kernel that combines.
#pragma once

#include "kernels/attention/attention_kernel.h"
#include "kernels/attention/sm90/latent.cuh"
#include "kernels/attention/sm90/positions_map.cuh"
#include "kernels/launch/prepare.cuh"

namespace assay::attention::sm90 {

/// How an instance of latent_decode() runs on so many multiprocessors.
template <class K>
Plan latent_plan(const Problem& problem, int multiprocessors) {
  using Element = typename K::Element;
  const sm80::Arguments arguments = latent_arguments(problem, multiprocessors);
  device::LaunchConfig config, combine;
  config.grid.x = static_cast<unsigned>(arguments.blocks());
  config.cluster.x = static_cast<unsigned>(K::kCluster);
  config.block.x = static_cast<unsigned>(hopper::threads(kLatentConsumers));
  config.shared_bytes = sizeof(LatentShared<K>);
  config.registers_per_thread =
      hopper::registers(kLatentConsumers, kLatentProducerRegisters).initial;
  constexpr int kCombined = kCombineThreads / 32;  // rows of a block
  combine.grid.x = static_cast<unsigned>((problem.output_rows() + kCombined - 1) / kCombined);
  combine.block.x = static_cast<unsigned>(kCombineThreads);
  Plan plan;
  plan.description = std::to_string(kLatentRows) + " rows, " + std::to_string(arguments.splits) +
                     " splits" +
                     (K::kCluster == 1 ? "" : ", clusters of " + std::to_string(K::kCluster));
  const std::int64_t rows = arguments.blocks() * kLatentRows;
  if (arguments.splits > 1) {
    plan.scratch_bytes = element_count(rows, kLatentValueWidth + 1) * sizeof(float);
  }
  plan.bind = [=](const Pointers& arrays, const Workspace& workspace) {
    sm80::Arguments bound = arguments;
    bound.arrays = arrays;
    bound.outputs = static_cast<float*>(workspace.scratch);
    if (bound.outputs) bound.log_sum_exps = bound.outputs + rows * kLatentValueWidth;
    constexpr device::TensorElement kElement = kTensorElement<Element>;
    const CUtensorMap q = device::encode_tensor_map(positions_map(
        arrays.q, kElement, problem.batches, arguments.rows(), 1, kLatentWidth, kLatentRows));
    const CUtensorMap cache =
        device::encode_tensor_map(positions_map(arrays.k, kElement, 1, arrays.pages * problem.page,
                                                1, kLatentWidth, latent_box_keys(problem.page)));
    const PreparedLaunch attend = prepare_launch(config, latent_decode<K>, q, cache, bound);
    if (bound.splits == 1) return attend;
    return PreparedLaunch(
        [attend, after = prepare_launch(combine, combine_latent<Element>, bound)](void* stream) {
          attend.launch(stream);
          after.launch(stream);
        });
  };
  return plan;
}

template <class Element>
Plan latent_plan_for(const Problem& problem, int multiprocessors) {
  return latent_cluster(latent_arguments(problem, multiprocessors)) == 2
             ? latent_plan<Latent<Element, 2>>(problem, multiprocessors)
             : latent_plan<Latent<Element, 1>>(problem, multiprocessors);
}

/// The catalogue's entry of one dtype.
template <class Element>
Kernel latent_entry(const char* dtype) {
  const DtypeFacts& element = facts_of(*dtype_named(dtype));
  return {.workload = Workload::decode,
          .dtype = dtype,
          .name = "sm90",
          .summary =
              "one decode step of multi-head latent attention: each block of keys, fed by TMA, is "
              "in both products of wgmma",
          .types = {element.dtype, element.dtype, element.sum},
          .plan = latent_plan_for<Element>,
          .capability = {9, true},
          .refuses = latent_refusal};
}

}  // namespace assay::attention::sm90
