// Binds the blocked multiplication to a group's operands.
#include "kernels/gemm/blocked.h"

#include "kernels/gemm/blocked_multiply.h"

namespace assay {

std::unique_ptr<TimedCase> BlockedGemm::prepare(GroupContext& context) const {
  const auto operands = GemmOperands::of(context, types());
  ThreadPool& threads = host_threads(context.device());
  const auto product = std::make_shared<BlockedMultiply>(operands->shape(), threads);
  const auto multiply = [product](const GemmPointers& p) {
    (*product)(static_cast<const float*>(p.a), static_cast<const float*>(p.b),
               static_cast<float*>(p.c));
  };
  return std::make_unique<GemmCase>(operands, bind_calls<GemmPointers>(multiply),
                                    Json{{"threads", threads.size()},
                                         {"isa", micro_kernel().isa},
                                         {"row_parts", product->row_parts()},
                                         {"column_parts", product->column_parts()}});
}

}  // namespace assay
