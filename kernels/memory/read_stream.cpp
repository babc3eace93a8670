// memory_read.f32.stream: a sum of words, which vectorises in any order.
#include "kernels/memory/stream.h"

namespace assay {
namespace {

std::uint32_t read_part(const MemoryPointers& arrays, Part part) {
  std::uint32_t sum = 0;
  for (std::int64_t i = part.first; i < part.last; ++i) {
    sum += std::bit_cast<std::uint32_t>(arrays.b[i]);
  }
  return sum;
}

struct ReadStream final : StreamMemory {
  ReadStream()
      : StreamMemory(MemoryOperation::read, read_part,
                     "adds up the words of one array, one loop a core") {}
};

const Enrolment<ReadStream> read_stream_enrolment;

}  // namespace
}  // namespace assay
