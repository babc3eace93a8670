// Binds the blocks' products to cblas_sgemm on one thread: ours take a block of keys each.
#include "kernels/attention/openblas_backward.h"

#include "kernels/attention/backward.h"
#include "kernels/attention/openblas_product.h"

namespace assay::attention {

std::optional<std::string> OpenBlasBackward::missing(const Device&) const {
  return openblas_missing();
}

AttentionImplementation::Bound OpenBlasBackward::bind(const Problem& problem, Device& device,
                                                      const OperandSets&) const {
  const OpenBlas& blas = open_openblas();
  blas.set_threads(1);
  ThreadPool& threads = host_threads(device);
  const auto backward =
      std::make_shared<Backward>(problem, types().storage, threads, openblas_product);
  return {bind_calls<Pointers>([backward](const Pointers& arrays) { (*backward)(arrays); }),
          Json{{"threads", threads.size()},
               {"core", std::string(blas.core_name())},
               {"isa", vector_kernels(problem.width, problem.value_width).isa}}};
}

}  // namespace assay::attention
