// Sizes the grid of a pass: enough blocks to fill every multiprocessor, no more.
#include "kernels/memory/vectorized.h"

#include <algorithm>

#include "kernels/launch/prepared_kernel.h"
#include "kernels/memory/memory_case.h"

namespace assay {
namespace {

class VectorizedMemory final : public MemoryImplementation {
 public:
  VectorizedMemory(MemoryOperation operation, PrepareVectorized pass, const std::string& summary)
      : MemoryImplementation(Backend::cuda, operation, "vectorized", summary),
        prepare_pass_(pass) {}

  std::unique_ptr<TimedCase> prepare(GroupContext& context) const override;

 private:
  PrepareVectorized prepare_pass_;
};

std::unique_ptr<TimedCase> VectorizedMemory::prepare(GroupContext& context) const {
  constexpr std::int64_t kBlocksPerMultiprocessor = 8;  // 2048 threads, all that one can hold
  constexpr std::int64_t kElementsPerBlock = 4 * kVectorThreads;
  Device& device = context.device();
  const auto arrays = MemoryArrays::of(context, operation());
  const std::int64_t useful =
      (context.shape().at("bytes") / 4 + kElementsPerBlock - 1) / kElementsPerBlock;
  const std::int64_t resident =
      kBlocksPerMultiprocessor * device.facts().multiprocessors.value_or(1);
  const int blocks = static_cast<int>(std::min({useful, resident, std::int64_t{kMaxPartials}}));
  KernelPlan<MemoryPointers> plan;
  plan.bind = [prepare_pass = prepare_pass_, blocks](const MemoryPointers& pointers,
                                                     const Workspace&) {
    return prepare_pass(pointers, blocks);
  };
  const auto kernel = std::make_shared<const PreparedKernel<MemoryPointers>>(device, plan);
  const BindPass bind = [kernel, stream = device.stream()](const MemoryPointers& pointers) {
    return [kernel, stream, launch = kernel->on(pointers)] { launch.launch(stream); };
  };
  return std::make_unique<MemoryCase>(arrays, bind, blocks,
                                      Json{{"blocks", blocks}, {"threads", kVectorThreads}});
}

}  // namespace

VectorizedEnrolment::VectorizedEnrolment(MemoryOperation operation, PrepareVectorized prepare,
                                         const char* summary) {
  enrol(std::make_unique<VectorizedMemory>(operation, prepare, summary));
}

}  // namespace assay
