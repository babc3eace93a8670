// gemm.bf16.cublas_grouped: the library peer of products whose rows fall to groups. cuBLAS groups
// 16- and 32-bit types alone: fp8 with block scales has none.
#include "kernels/gemm/cublas_grouped_multiply.h"
#include "kernels/gemm/gemm_case.h"
#include "kernels/launch/capability.h"

namespace assay {
namespace {

class Bf16CublasGrouped final : public GemmImplementation {
 public:
  Bf16CublasGrouped()
      : GemmImplementation(Backend::cuda, "bf16", "cublas_grouped",
                           "cuBLAS over groups of rows, opened at run time: one call for all",
                           tensor_core_types("bf16")) {}

  std::unique_ptr<TimedCase> prepare(GroupContext& context) const override {
    std::string reason;
    const Cublas* library = Cublas::find(reason);
    if (!library) throw Error("libcublas is missing: " + reason, ExitCode::missing);
    const auto operands = GemmOperands::of(context, types());
    const auto product =
        std::make_shared<CublasGroupedMultiply>(*library, context.device(), *operands);
    // The calls keep the product, whose addresses on the device they read.
    const auto bind = [product](const GemmPointers& matrices) -> Enqueue {
      return [product, enqueue = product->on(matrices)] { enqueue(); };
    };
    return std::make_unique<GemmCase>(operands, bind, product->choice());
  }

 protected:
  std::optional<std::string> missing(const Device& device) const override {
    if (auto why = capability_missing({8, false}, device)) return why;
    std::string reason;
    if (Cublas::find(reason)) return std::nullopt;
    return "libcublas is missing: " + reason;
  }
  bool takes_groups() const override { return true; }
};
const Enrolment<Bf16CublasGrouped> bf16_cublas_grouped;

}  // namespace
}  // namespace assay
