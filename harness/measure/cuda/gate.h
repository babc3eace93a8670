// The two small kernels around a sample: the gate that holds the stream, and the clock readers.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

namespace assay {

/// Shared with the host (pinned, mapped). Tickets only grow, so nothing is reset between samples.
struct GateWords {
  volatile std::uint64_t open;       // the host: every gate up to this ticket may open
  volatile std::uint64_t timed_out;  // the gate: the last ticket that opened itself
};

/// One multiprocessor's clock and the time it was read at; `ticket` tells whose sample it is.
struct ClockStamp {
  std::uint64_t ticket, time_ns, cycles;
};

/// Holds the stream until the ticket is opened, or for `limit_ns`.
void launch_gate(GateWords* words, std::uint64_t ticket, std::uint64_t limit_ns,
                 cudaStream_t stream);

/// Writes a stamp for every multiprocessor that a block lands on, at its own index below `slots`.
void launch_clock_stamps(ClockStamp* stamps, unsigned slots, std::uint64_t ticket, unsigned blocks,
                         cudaStream_t stream);

}  // namespace assay
