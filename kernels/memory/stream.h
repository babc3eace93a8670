// The host's memory workloads: one plain loop per core over its own part of the arrays, like
// STREAM.
#pragma once

#include "kernels/memory/memory_case.h"
#include "kernels/thread_pool.h"

namespace assay {

/// Streams elements [part.first, part.last); returns their sum if the workload has one.
using StreamLoop = std::uint32_t (*)(const MemoryPointers& arrays, Part part);

/// `<workload>.f32.stream`
class StreamMemory : public MemoryImplementation {
 public:
  StreamMemory(MemoryOperation operation, StreamLoop loop, const std::string& summary)
      : MemoryImplementation(Backend::host, operation, "stream", summary), loop_(loop) {}

  std::unique_ptr<TimedCase> prepare(GroupContext& context) const override;

 private:
  StreamLoop loop_;
};

}  // namespace assay
