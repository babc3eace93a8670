// gemm.f32.off_by_one: a host GEMM that forgets the last term of every sum. Linked into tests only,
// to see a wrong kernel reported as failed verification and never timed.
#include "kernels/gemm/gemm_case.h"

namespace assay {
namespace {

class OffByOne final : public GemmImplementation {
 public:
  OffByOne()
      : GemmImplementation(Backend::host, "f32", "off_by_one", "planted: leaves out the last term",
                           host_gemm_types("f32")) {}

  std::unique_ptr<TimedCase> prepare(GroupContext& context) const override {
    const auto operands = GemmOperands::of(context, types());
    const auto multiply = [shape = operands->shape()](const GemmPointers& p) {
      const auto* a = static_cast<const float*>(p.a);
      const auto* b = static_cast<const float*>(p.b);
      auto* c = static_cast<float*>(p.c);
      for (std::int64_t i = 0; i < shape.m; ++i) {
        float* row = c + i * shape.n;
        std::fill(row, row + shape.n, 0.0F);
        for (std::int64_t k = 0; k < shape.k - 1; ++k) {
          for (std::int64_t j = 0; j < shape.n; ++j) {
            row[j] += a[i * shape.k + k] * b[k * shape.n + j];
          }
        }
      }
    };
    return std::make_unique<GemmCase>(operands, bind_calls<GemmPointers>(multiply), Json::object());
  }
};

const Enrolment<OffByOne> enrolment;

}  // namespace
}  // namespace assay
