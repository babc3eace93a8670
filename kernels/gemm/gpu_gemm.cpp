// Makes a catalogue entry of a kernel's launch.
#include "kernels/gemm/gpu_gemm.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "harness/measure/cuda/check.h"
#include "kernels/gemm/gemm_case.h"
#include "kernels/gemm/sdc/sdc_case.h"

namespace assay {
namespace {

/// Why a device of this capability does not run the kernel, or nothing.
std::optional<std::string> capability_missing(const GpuGemmKernel& kernel, const Device& device) {
  const auto& capability = device.facts().compute_capability;
  if (kernel.capability == 0 || !capability) return std::nullopt;
  const int major = std::atoi(capability->c_str());
  if (major == kernel.capability || (major > kernel.capability && !kernel.only_there)) {
    return std::nullopt;
  }
  return fmt::format("needs compute capability {}.x{}, this device has {}", kernel.capability,
                     kernel.only_there ? " and no other" : " or later", *capability);
}

template <class T>
std::shared_ptr<Buffer> copied_to(Device& device, const std::vector<T>& values) {
  std::shared_ptr<Buffer> buffer = device.allocate(values.size() * sizeof(T));
  device.copy_in(*buffer, values.data(), values.size() * sizeof(T));
  return buffer;
}

class GpuGemm final : public GemmImplementation {
 public:
  explicit GpuGemm(const GpuGemmKernel& kernel)
      : GemmImplementation(Backend::cuda, kernel.dtype, kernel.name, kernel.summary, kernel.types),
        kernel_(kernel) {}

  std::optional<std::string> refuses(const Shape& shape, const Device& device) const override {
    if (auto why = GemmImplementation::refuses(shape, device)) return why;
    if (auto why = capability_missing(kernel_, device)) return why;
    return kernel_.refuses ? kernel_.refuses(*GemmShape::from(shape)) : std::nullopt;
  }

  std::unique_ptr<TimedCase> prepare(GroupContext& context) const override {
    const auto operands = GemmOperands::of(context, types());
    Device& device = context.device();
    GemmCall call;
    call.shape = operands->shape();
    call.multiprocessors = std::max(1, device.facts().multiprocessors.value_or(1));
    call.stream = static_cast<cudaStream_t>(device.stream());
    std::shared_ptr<Buffer> workspace;
    const std::size_t bytes =
        kernel_.workspace_bytes ? kernel_.workspace_bytes(call.shape, call.multiprocessors) : 0;
    if (bytes != 0) {
      workspace = device.allocate(bytes);
      device.fill(*workspace, 0);
      call.workspace = workspace->data();
    }
    call.alpha = kernel_.alpha;
    call.beta = kernel_.beta;
    std::shared_ptr<Buffer> begins;
    if (kernel_.grouped) {
      begins = copied_to(device, operands->group_begins());
      call.group_begins = static_cast<const std::int32_t*>(begins->data());
    }
    std::shared_ptr<const BlockScales> scales;
    std::shared_ptr<Buffer> scales_a, scales_b;
    if (kernel_.block_scaled) {
      scales = std::make_shared<const BlockScales>(BlockScales::drawn(call.shape, context.seed()));
      scales_a = copied_to(device, scales->a);
      scales_b = copied_to(device, scales->b);
      call.scales_a = static_cast<const float*>(scales_a->data());
      call.scales_b = static_cast<const float*>(scales_b->data());
    }
    const auto multiply = [launch = kernel_.launch, call, workspace, begins, scales_a,
                           scales_b](const GemmPointers& matrices) mutable {
      call.matrices = matrices;
      launch(call);
      check(cudaGetLastError(), "launching a GEMM kernel");
    };
    Json choice = Json::object();
    if (kernel_.describe) choice["plan"] = kernel_.describe(call.shape, call.multiprocessors);
    if (kernel_.compare) {
      return std::make_unique<SdcCase>(device, operands, multiply, kernel_.compare, kernel_.tile,
                                       std::move(choice));
    }
    return std::make_unique<GemmCase>(operands, multiply, std::move(choice),
                                      GemmTerms{scales, kernel_.alpha, kernel_.beta});
  }

 protected:
  bool takes_batches() const override { return kernel_.batched; }
  bool takes_groups() const override { return kernel_.grouped; }

 private:
  GpuGemmKernel kernel_;
};

}  // namespace

GpuGemmEnrolment::GpuGemmEnrolment(const GpuGemmKernel& kernel) {
  enrol(std::make_unique<GpuGemm>(kernel));
}

}  // namespace assay
