// Ctrl-C, SIGTERM and SIGHUP as a flag: the first asks the run to end, the second ends the process.
#pragma once

#include <array>
#include <atomic>
#include <csignal>
#include <string>

namespace assay::cli {

/// Handlers are in place while an object of this lives; there is one at a time. A signal that the
/// parent had ignored (nohup, a background shell) stays ignored.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  /// Set by the first signal; what the sampler looks at between samples.
  const std::atomic<bool>* flag() const;
  /// `SIGINT` or `SIGTERM` or `SIGHUP`; empty when no signal came.
  std::string signal_name() const;

 private:
  static constexpr std::array<int, 3> kSignals = {SIGINT, SIGTERM, SIGHUP};
  std::array<struct sigaction, kSignals.size()> previous_{};
};

}  // namespace assay::cli
