// memory_write.f32.stream: ordinary stores, so the cache reads each line before it is written.
#include "kernels/memory/stream.h"

namespace assay {
namespace {

std::uint32_t write_part(const MemoryPointers& arrays, Part part) {
  auto* a = static_cast<float*>(arrays.out);
  for (std::int64_t i = part.first; i < part.last; ++i) {
    a[i] = written_value(static_cast<std::uint32_t>(i));
  }
  return 0;
}

struct WriteStream final : StreamMemory {
  WriteStream()
      : StreamMemory(MemoryOperation::write, write_part, "fills one array, one loop a core") {}
};

const Enrolment<WriteStream> write_stream_enrolment;

}  // namespace
}  // namespace assay
