// Sizes the grid of a pass: enough blocks to fill every multiprocessor, no more.
#include "kernels/memory/vectorized.h"

#include <algorithm>

#include "harness/measure/cuda/check.h"
#include "kernels/memory/memory_case.h"

namespace assay {
namespace {

class VectorizedMemory final : public MemoryImplementation {
 public:
  VectorizedMemory(MemoryOperation operation, VectorLaunch launch, const std::string& summary)
      : MemoryImplementation(Backend::cuda, operation, "vectorized", summary), launch_(launch) {}

  std::unique_ptr<TimedCase> prepare(GroupContext& context) const override;

 private:
  VectorLaunch launch_;
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
  const auto pass = [launch = launch_, blocks, stream = static_cast<cudaStream_t>(device.stream())](
                        const MemoryPointers& pointers) {
    launch(pointers, blocks, stream);
    check(cudaGetLastError(), "launching a memory kernel");
  };
  return std::make_unique<MemoryCase>(arrays, pass, blocks,
                                      Json{{"blocks", blocks}, {"threads", kVectorThreads}});
}

}  // namespace

VectorizedEnrolment::VectorizedEnrolment(MemoryOperation operation, VectorLaunch launch,
                                         const char* summary) {
  enrol(std::make_unique<VectorizedMemory>(operation, launch, summary));
}

}  // namespace assay
