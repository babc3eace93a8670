// The signals by which people and batch systems ask a run to end.
#pragma once

#include <array>
#include <csignal>

namespace assay::run {

struct StopSignal {
  int number;
  const char* name;
};

/// The last two come before a job's time is over: `sbatch --signal=USR1@60`, LSF, Grid Engine.
inline constexpr std::array<StopSignal, 5> kStopSignals = {{{SIGINT, "SIGINT"},
                                                            {SIGTERM, "SIGTERM"},
                                                            {SIGHUP, "SIGHUP"},
                                                            {SIGUSR1, "SIGUSR1"},
                                                            {SIGUSR2, "SIGUSR2"}}};

}  // namespace assay::run
