// Binds the decode step to the host's threads.
#include "kernels/attention/blocked_decode.h"

#include "kernels/attention/decode.h"

namespace assay::attention {

AttentionImplementation::Bound BlockedDecode::bind(const Problem& problem, Device& device,
                                                   const OperandSets&) const {
  ThreadPool& threads = host_threads(device);
  const auto decode = std::make_shared<Decode>(problem, types().storage, threads);
  return {bind_calls<Pointers>([decode](const Pointers& arrays) { (*decode)(arrays); }),
          Json{{"threads", threads.size()},
               {"isa", vector_kernels(problem.width, problem.value_width).isa},
               {"splits", decode->splits()}}};
}

}  // namespace assay::attention
