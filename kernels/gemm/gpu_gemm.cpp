// Makes a catalogue entry of a kernel's launch.
#include "kernels/gemm/gpu_gemm.h"

#include "harness/measure/cuda/check.h"
#include "kernels/gemm/gemm_case.h"

namespace assay {
namespace {

class GpuGemm final : public GemmImplementation {
 public:
  GpuGemm(const char* dtype, const char* name, GemmTypes types, GemmLaunch launch,
          const char* summary)
      : GemmImplementation(Backend::cuda, dtype, name, summary, types), launch_(launch) {}

  bool run_on_hardware() const override { return false; }

  std::unique_ptr<TimedCase> prepare(GroupContext& context) const override {
    const auto operands = GemmOperands::of(context, types());
    const auto multiply = [launch = launch_, shape = operands->shape(),
                           stream = static_cast<cudaStream_t>(context.device().stream())](
                              const GemmPointers& matrices) {
      launch(matrices, shape, stream);
      check(cudaGetLastError(), "launching a GEMM kernel");
    };
    return std::make_unique<GemmCase>(operands, multiply, Json::object());
  }

 private:
  GemmLaunch launch_;
};

}  // namespace

GpuGemmEnrolment::GpuGemmEnrolment(const char* dtype, const char* name, GemmTypes types,
                                   GemmLaunch launch, const char* summary) {
  enrol(std::make_unique<GpuGemm>(dtype, name, types, launch, summary));
}

}  // namespace assay
