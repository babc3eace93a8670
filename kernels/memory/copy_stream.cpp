// memory_copy.f32.stream: loads and stores, not memcpy (which may bypass the cache).
#include "kernels/memory/stream.h"

namespace assay {
namespace {

std::uint32_t copy_part(const MemoryPointers& arrays, Part part) {
  auto* a = static_cast<float*>(arrays.out);
  for (std::int64_t i = part.first; i < part.last; ++i) a[i] = arrays.b[i];
  return 0;
}

struct CopyStream final : StreamMemory {
  CopyStream()
      : StreamMemory(MemoryOperation::copy, copy_part,
                     "copies one array to another, one loop a core") {}
};

const Enrolment<CopyStream> copy_stream_enrolment;

}  // namespace
}  // namespace assay
