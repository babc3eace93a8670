// Makes a catalogue entry of a product that is searched for corrupted results.
#include "kernels/gemm/sdc/sdc_kernel.h"

#include "kernels/gemm/gpu_gemm.h"
#include "kernels/gemm/sdc/sdc_case.h"

namespace assay {
namespace {

class GpuSdc final : public GpuGemm {
 public:
  explicit GpuSdc(const SdcKernel& kernel) : GpuGemm(kernel.product), kernel_(kernel) {}

  std::unique_ptr<TimedCase> prepare(GroupContext& context) const override {
    Prepared product = prepared(context);
    Device& device = context.device();
    const int multiprocessors = device.facts().multiprocessors.value_or(1);
    return std::make_unique<SdcCase>(
        device, product.operands, product.bind,
        PreparedKernel<ComparedResults>(device, kernel_.compare(multiprocessors)), kernel_.tile,
        std::move(product.choice));
  }

 private:
  SdcKernel kernel_;
};

}  // namespace

SdcKernelEnrolment::SdcKernelEnrolment(const SdcKernel& kernel) {
  enrol(std::make_unique<GpuSdc>(kernel));
}

}  // namespace assay
