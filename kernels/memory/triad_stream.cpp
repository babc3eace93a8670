// memory_triad.f32.stream: the triad of STREAM.
#include "kernels/memory/stream.h"

namespace assay {
namespace {

std::uint32_t triad_part(const MemoryPointers& arrays, Part part) {
  auto* a = static_cast<float*>(arrays.out);
  for (std::int64_t i = part.first; i < part.last; ++i) {
    a[i] = arrays.b[i] + kTriadFactor * arrays.c[i];
  }
  return 0;
}

struct TriadStream final : StreamMemory {
  TriadStream()
      : StreamMemory(MemoryOperation::triad, triad_part,
                     "a = b + 2 c over three arrays, one loop a core") {}
};

const Enrolment<TriadStream> triad_stream_enrolment;

}  // namespace
}  // namespace assay
