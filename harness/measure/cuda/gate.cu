// The gate kernel and the clock readers.
#include <cuda/ptx>

#include "harness/measure/cuda/gate.h"

namespace assay {

namespace {

__global__ void gate(GateWords* words, std::uint64_t ticket, std::uint64_t limit_ns) {
  const std::uint64_t start = cuda::ptx::get_sreg_globaltimer();
  while (words->open < ticket) {
    if (cuda::ptx::get_sreg_globaltimer() - start > limit_ns) {
      words->timed_out = ticket;
      __threadfence_system();
      return;
    }
    __nanosleep(500);  // the words lie in the host's memory: do not flood the bus
  }
}

__global__ void clock_stamps(ClockStamp* stamps, unsigned slots, std::uint64_t ticket) {
  const unsigned multiprocessor = cuda::ptx::get_sreg_smid();
  if (multiprocessor >= slots) return;
  ClockStamp stamp;
  stamp.ticket = ticket;
  stamp.time_ns = cuda::ptx::get_sreg_globaltimer();
  stamp.cycles = cuda::ptx::get_sreg_clock64();
  stamps[multiprocessor] = stamp;
}

}  // namespace

void launch_gate(GateWords* words, std::uint64_t ticket, std::uint64_t limit_ns,
                 cudaStream_t stream) {
  gate<<<1, 1, 0, stream>>>(words, ticket, limit_ns);
}

void launch_clock_stamps(ClockStamp* stamps, unsigned slots, std::uint64_t ticket, unsigned blocks,
                         cudaStream_t stream) {
  clock_stamps<<<blocks, 1, 0, stream>>>(stamps, slots, ticket);
}

}  // namespace assay
