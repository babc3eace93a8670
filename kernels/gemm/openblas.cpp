// Binds cblas_sgemm to a group's operands.
#include "kernels/gemm/openblas.h"

#include <algorithm>
#include <memory>

#include "kernels/openblas.h"

namespace assay {

std::optional<std::string> OpenBlasGemm::missing(const Device&) const { return openblas_missing(); }

std::unique_ptr<TimedCase> OpenBlasGemm::prepare(GroupContext& context) const {
  const OpenBlas& blas = open_openblas();
  const int threads = std::max(context.device().facts().multiprocessors.value_or(1), 1);
  blas.set_threads(threads);
  const auto operands = GemmOperands::of(context, types());
  const int m = static_cast<int>(operands->shape().m), n = static_cast<int>(operands->shape().n),
            k = static_cast<int>(operands->shape().k);
  const auto multiply = [sgemm = blas.sgemm, m, n, k](const GemmPointers& p) {
    sgemm(OpenBlas::kRowMajor, OpenBlas::kNoTranspose, OpenBlas::kNoTranspose, m, n, k, 1.0F,
          static_cast<const float*>(p.a), k, static_cast<const float*>(p.b), n, 0.0F,
          static_cast<float*>(p.c), n);
  };
  return std::make_unique<GemmCase>(
      operands, bind_calls<GemmPointers>(multiply),
      Json{{"threads", threads}, {"core", std::string(blas.core_name())}});
}

}  // namespace assay
