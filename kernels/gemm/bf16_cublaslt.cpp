// gemm.bf16.cublaslt: the GPU's library peer for bf16.
#include <cstdlib>

#include "kernels/gemm/cublaslt_multiply.h"
#include "kernels/gemm/gemm_case.h"

namespace assay {
namespace {

class Bf16CublasLt final : public GemmImplementation {
 public:
  Bf16CublasLt()
      : GemmImplementation(Backend::cuda, "bf16", "cublaslt",
                           "cuBLASLt, opened at run time, the fastest of its heuristics",
                           tensor_core_types("bf16")) {}

  bool run_on_hardware() const override { return false; }

  std::unique_ptr<TimedCase> prepare(GroupContext& context) const override {
    std::string reason;
    const CublasLt* library = CublasLt::find(reason);
    if (!library) throw Error("libcublasLt is missing: " + reason, ExitCode::missing);
    const auto operands = GemmOperands::of(context, types());
    const auto product = std::make_shared<CublasLtMultiply>(*library, context.device(), *operands);
    const auto multiply = [product](const GemmPointers& matrices) { (*product)(matrices); };
    return std::make_unique<GemmCase>(operands, multiply, product->choice());
  }

 protected:
  std::optional<std::string> missing(const Device& device) const override {
    const auto& capability = device.facts().compute_capability;
    if (capability && std::atoi(capability->c_str()) < 8) {
      return "bf16 needs compute capability 8.0, this device has " + *capability;
    }
    std::string reason;
    if (CublasLt::find(reason)) return std::nullopt;
    return "libcublasLt is missing: " + reason;
  }
};

const Enrolment<Bf16CublasLt> bf16_cublaslt_enrolment;

}  // namespace
}  // namespace assay
