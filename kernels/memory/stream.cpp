// Splits a pass over the arrays among the host's threads.
#include "kernels/memory/stream.h"

namespace assay {

std::unique_ptr<TimedCase> StreamMemory::prepare(GroupContext& context) const {
  constexpr std::int64_t kPageElements = 1024;  // no two threads write one page
  ThreadPool& threads = host_threads(context.device());
  const auto pass = [&threads, loop = loop_,
                     sums = operation() == MemoryOperation::read](const MemoryPointers& arrays) {
    threads.run([&](int thread) {
      const Part part = part_of(arrays.count, thread, threads.size(), kPageElements);
      const std::uint32_t sum = loop(arrays, part);
      if (sums) static_cast<std::uint32_t*>(arrays.out)[thread] = sum;
    });
  };
  return std::make_unique<MemoryCase>(MemoryArrays::of(context, operation()),
                                      bind_calls<MemoryPointers>(pass), threads.size(),
                                      Json{{"threads", threads.size()}});
}

}  // namespace assay
