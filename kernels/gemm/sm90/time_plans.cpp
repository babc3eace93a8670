// Finds the kernel in the catalogue, and has it time its plans on operands of its own.
#include "kernels/gemm/sm90/time_plans.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/core/error.h"
#include "kernels/gemm/gpu_gemm.h"

namespace assay::sm90 {
namespace {

const GpuGemm& swept_kernel() {
  for (const auto& one : catalogue()) {
    if (one->workload() != "gemm" || one->dtype() != "bf16" || one->name() != "sm90") continue;
    if (const auto* kernel = dynamic_cast<const GpuGemm*>(one.get())) return *kernel;
  }
  throw Error("this assay was built without CUDA kernels: build the cuda preset",
              ExitCode::missing);
}

}  // namespace

std::vector<TimedPlan> time_plans(Device& device, const GemmShape& shape) {
  const GpuGemm& kernel = swept_kernel();
  const Shape named{{"m", shape.m}, {"n", shape.n}, {"k", shape.k}};
  if (const auto why = kernel.refuses(named, device))
    throw Error(fmt::format("gemm.bf16.sm90/{} cannot be timed here: {}", named.str(), *why),
                ExitCode::missing);
  const int multiprocessors = std::max(1, device.facts().multiprocessors.value_or(1));
  const ManyPlans many;
  const auto plans = cheapest(swept_product(shape), multiprocessors);
  GroupContext context(device, {"gemm", "bf16", "", named}, 1);
  std::vector<TimedPlan> timed;
  kernel.time_plans(context, [&](std::size_t plan, double took_s) {
    timed.push_back({shape, multiprocessors, plans.at(plan), took_s});
  });
  return timed;
}

}  // namespace assay::sm90
