// The two small kernels around a sample: the gate that holds the stream, and the clock readers.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

namespace assay {

/// Shared with the host (pinned, mapped). Tickets only increase, so nothing is reset between
/// samples.
struct GateWords {
  volatile std::uint64_t open;       // written by the host: gates up to this ticket may open
  volatile std::uint64_t timed_out;  // written by the gate: the last ticket that timed out
};

/// One multiprocessor's cycle counter and the time at which it was read; `ticket` identifies the
/// sample.
struct ClockStamp {
  std::uint64_t ticket, time_ns, cycles;
};

/// Holds the stream until the ticket is opened, or for `limit_ns`.
void launch_gate(GateWords* words, std::uint64_t ticket, std::uint64_t limit_ns,
                 cudaStream_t stream);

/// Writes one stamp for every multiprocessor that gets a block, at the multiprocessor's index below
/// `slots`.
void launch_clock_stamps(ClockStamp* stamps, unsigned slots, std::uint64_t ticket, unsigned blocks,
                         cudaStream_t stream);

}  // namespace assay
