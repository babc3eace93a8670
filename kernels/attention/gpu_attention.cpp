// An attention kernel of ours as the catalogue has it: planned once for a group, bound to each set.
#include <algorithm>

#include "kernels/attention/attention_case.h"
#include "kernels/attention/attention_kernel.h"
#include "kernels/launch/prepared_kernel.h"

namespace assay::attention {
namespace {

class GpuAttention final : public AttentionImplementation {
 public:
  explicit GpuAttention(const Kernel& kernel)
      : AttentionImplementation(kernel.workload, Backend::cuda, kernel.dtype, kernel.name,
                                kernel.summary, kernel.types),
        kernel_(kernel) {}

 protected:
  std::optional<std::string> refuses_problem(const Problem& problem) const override {
    return kernel_.refuses ? kernel_.refuses(problem) : std::nullopt;
  }
  std::optional<std::string> missing(const Device& device) const override {
    return capability_missing(kernel_.capability, device);
  }
  Bound bind(const Problem& problem, Device& device, const OperandSets&) const override {
    const int multiprocessors = std::max(1, device.facts().multiprocessors.value_or(1));
    const auto kernel = std::make_shared<const PreparedKernel<Pointers>>(
        device, kernel_.plan(problem, multiprocessors));
    Json choice = Json::object();
    if (!kernel->description().empty()) choice["plan"] = kernel->description();
    return {[kernel, stream = device.stream()](const Pointers& arrays) -> Enqueue {
              return [kernel, stream, launch = kernel->on(arrays)] { launch.launch(stream); };
            },
            std::move(choice)};
  }

 private:
  Kernel kernel_;
};

}  // namespace

KernelEnrolment::KernelEnrolment(const Kernel& kernel) {
  enrol(std::make_unique<GpuAttention>(kernel));
}

}  // namespace assay::attention
