// Plans a kernel once for a group, and binds the plan to each set of matrices.
#include "kernels/gemm/gpu_gemm.h"

#include <algorithm>

#include "kernels/launch/prepared_kernel.h"

namespace assay {
namespace {

/// What a planned kernel needs for as long as it is launched.
struct Held {
  std::unique_ptr<Buffer> group_begins, scales_a, scales_b;
  std::optional<PreparedKernel<GemmPointers>> kernel;
};

template <class T>
const T* brought(Device& device, const std::vector<T>& values, std::unique_ptr<Buffer>& to) {
  to = device.allocate(values.size() * sizeof(T));
  device.copy_in(*to, values.data(), values.size() * sizeof(T));
  return static_cast<const T*>(to->data());
}

}  // namespace

GpuGemm::GpuGemm(const GemmKernel& kernel)
    : GemmImplementation(Backend::cuda, kernel.dtype, kernel.name, kernel.summary, kernel.types),
      kernel_(kernel) {}

std::optional<std::string> GpuGemm::refuses(const Shape& shape, const Device& device) const {
  if (auto why = GemmImplementation::refuses(shape, device)) return why;
  if (auto why = capability_missing(kernel_.capability, device)) return why;
  return kernel_.refuses ? kernel_.refuses(*GemmShape::from(shape)) : std::nullopt;
}

GpuGemm::Prepared GpuGemm::prepared(GroupContext& context) const {
  Device& device = context.device();
  Prepared all;
  all.operands = GemmOperands::of(context, types());
  all.terms = {nullptr, kernel_.alpha, kernel_.beta};
  const auto held = std::make_shared<Held>();
  GemmProblem problem;
  problem.shape = all.operands->shape();
  problem.multiprocessors = std::max(1, device.facts().multiprocessors.value_or(1));
  problem.alpha = kernel_.alpha;
  problem.beta = kernel_.beta;
  if (takes_groups()) {
    problem.group_begins = brought(device, all.operands->group_begins(), held->group_begins);
  }
  if (kernel_.block_scaled) {
    all.terms.scales =
        std::make_shared<const BlockScales>(BlockScales::drawn(problem.shape, context.seed()));
    problem.scales_a = brought(device, all.terms.scales->a, held->scales_a);
    problem.scales_b = brought(device, all.terms.scales->b, held->scales_b);
  }
  held->kernel.emplace(device, kernel_.plan(problem));
  all.choice = Json::object();
  if (!held->kernel->description().empty()) all.choice["plan"] = held->kernel->description();
  all.bind = [held, stream = device.stream()](const GemmPointers& matrices) {
    return [held, stream, launch = held->kernel->on(matrices)] { launch.launch(stream); };
  };
  return all;
}

std::unique_ptr<TimedCase> GpuGemm::prepare(GroupContext& context) const {
  Prepared all = prepared(context);
  return std::make_unique<GemmCase>(all.operands, all.bind, std::move(all.choice), all.terms);
}

GemmKernelEnrolment::GemmKernelEnrolment(const GemmKernel& kernel) {
  enrol(std::make_unique<GpuGemm>(kernel));
}

}  // namespace assay
