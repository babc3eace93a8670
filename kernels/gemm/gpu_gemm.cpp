// Chooses a kernel's plan once for a group, and binds it to each set of matrices.
#include "kernels/gemm/gpu_gemm.h"

#include <algorithm>

#include "kernels/launch/prepared_kernel.h"
#include "kernels/launch/quick_time.h"

namespace assay {
namespace {

/// What a kernel reads beside the matrices.
struct Inputs {
  std::unique_ptr<Buffer> group_begins, scales_a, scales_b;
};

/// What a planned kernel needs for as long as it is launched.
struct Held {
  std::shared_ptr<const void> inputs;
  std::unique_ptr<PreparedKernel<GemmPointers>> kernel;
};

/// A plan that was timed.
struct Candidate {
  std::size_t model_rank = 0;
  double took_s = 0;
  std::unique_ptr<PreparedKernel<GemmPointers>> kernel;

  Json described() const { return {{"plan", kernel->description()}, {"took_s", took_s}}; }
};

double time_of(const PreparedKernel<GemmPointers>& kernel, Device& device, GemmOperands& operands) {
  std::vector<PreparedLaunch> launches;
  while (launches.size() < std::min(operands.count(), kMostQuickRuns))
    launches.push_back(kernel.on(operands.set(launches.size())));
  return quick_time_s(device, launches.size(),
                      [&](std::size_t set) { launches[set].launch(device.stream()); });
}

/// The fastest of several plans, and in `choice` what it was chosen from.
std::unique_ptr<PreparedKernel<GemmPointers>> fastest(GemmPlans plans, Device& device,
                                                      GemmOperands& operands, Json& choice) {
  constexpr std::size_t kRunnersUp = 2;
  std::vector<Candidate> timed;
  for (std::size_t rank = 0; rank < plans.size(); ++rank) {
    auto kernel = std::make_unique<PreparedKernel<GemmPointers>>(device, std::move(plans[rank]));
    const double took_s = time_of(*kernel, device, operands);
    timed.push_back({rank, took_s, std::move(kernel)});
    std::stable_sort(timed.begin(), timed.end(),
                     [](const Candidate& a, const Candidate& b) { return a.took_s < b.took_s; });
    timed.resize(std::min(timed.size(), 1 + kRunnersUp));  // each holds a workspace
  }
  choice["plans_timed"] = plans.size();
  choice["model_rank"] = timed.front().model_rank;
  choice["took_s"] = timed.front().took_s;
  for (std::size_t i = 1; i < timed.size(); ++i)
    choice["runners_up"].push_back(timed[i].described());
  return std::move(timed.front().kernel);
}

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

GemmProblem GpuGemm::problem_of(const GemmOperands& operands, const Device& device) const {
  GemmProblem problem;
  problem.shape = operands.shape();
  problem.multiprocessors = std::max(1, device.facts().multiprocessors.value_or(1));
  problem.alpha = kernel_.alpha;
  problem.beta = kernel_.beta;
  return problem;
}

void GpuGemm::time_plans(GroupContext& context,
                         const std::function<void(std::size_t plan, double took_s)>& timed) const {
  Device& device = context.device();
  const auto operands = GemmOperands::of(context, types());
  GemmPlans plans = kernel_.plans(problem_of(*operands, device));
  for (std::size_t plan = 0; plan < plans.size(); ++plan) {
    const PreparedKernel<GemmPointers> kernel(device, std::move(plans[plan]));
    timed(plan, time_of(kernel, device, *operands));
  }
}

OfferedPlans GpuGemm::offered(GroupContext& context) const {
  Device& device = context.device();
  OfferedPlans all;
  all.operands = GemmOperands::of(context, types());
  all.terms = {nullptr, kernel_.alpha, kernel_.beta};
  const auto inputs = std::make_shared<Inputs>();
  GemmProblem problem = problem_of(*all.operands, device);
  if (takes_groups()) {
    problem.group_begins = brought(device, all.operands->group_begins(), inputs->group_begins);
  }
  if (kernel_.block_scaled) {
    all.terms.scales =
        std::make_shared<const BlockScales>(BlockScales::drawn(problem.shape, context.seed()));
    problem.scales_a = brought(device, all.terms.scales->a, inputs->scales_a);
    problem.scales_b = brought(device, all.terms.scales->b, inputs->scales_b);
  }
  all.inputs = inputs;
  all.plans = kernel_.plans(problem);
  return all;
}

GpuGemm::Prepared GpuGemm::prepared(GroupContext& context) const {
  Device& device = context.device();
  OfferedPlans all = offered(context);
  const auto held = std::make_shared<Held>();
  held->inputs = all.inputs;
  Prepared chosen{all.operands, {}, Json::object(), all.terms};
  held->kernel =
      all.plans.size() == 1
          ? std::make_unique<PreparedKernel<GemmPointers>>(device, std::move(all.plans.front()))
          : fastest(std::move(all.plans), device, *all.operands, chosen.choice);
  if (!held->kernel->description().empty()) chosen.choice["plan"] = held->kernel->description();
  chosen.bind = [held, stream = device.stream()](const GemmPointers& matrices) {
    return [held, stream, launch = held->kernel->on(matrices)] { launch.launch(stream); };
  };
  return chosen;
}

std::unique_ptr<TimedCase> GpuGemm::prepare(GroupContext& context) const {
  if (context.purpose() == Purpose::verification)
    return std::make_unique<EveryPlan>(context.device(), offered(context));
  Prepared all = prepared(context);
  return std::make_unique<GemmCase>(all.operands, all.bind, std::move(all.choice), all.terms);
}

GemmKernelEnrolment::GemmKernelEnrolment(const GemmKernel& kernel) {
  enrol(std::make_unique<GpuGemm>(kernel));
}

}  // namespace assay
