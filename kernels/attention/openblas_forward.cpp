// Binds the blocks' products to cblas_sgemm on one thread: ours take a tile of queries each.
#include "kernels/attention/openblas_forward.h"

#include "kernels/attention/openblas_product.h"
#include "kernels/attention/prefill.h"

namespace assay::attention {
namespace {

void block_product(bool transposed, int m, int n, int k, const float* a, int lda, const float* b,
                   int ldb, float beta, float* c, int ldc) {
  openblas_product(false, transposed, m, n, k, a, lda, b, ldb, beta, c, ldc);
}

}  // namespace

std::optional<std::string> OpenBlasForward::missing(const Device&) const {
  return openblas_missing();
}

AttentionImplementation::Bound OpenBlasForward::bind(const Problem& problem, Device& device,
                                                     const OperandSets&) const {
  const OpenBlas& blas = open_openblas();
  blas.set_threads(1);
  ThreadPool& threads = host_threads(device);
  const auto prefill = std::make_shared<Prefill>(problem, types().storage, threads, block_product);
  return {bind_calls<Pointers>([prefill](const Pointers& arrays) { (*prefill)(arrays); }),
          Json{{"threads", threads.size()},
               {"core", std::string(blas.core_name())},
               {"isa", vector_kernels(problem.width, problem.value_width).isa}}};
}

}  // namespace assay::attention
