// Ctrl-C, SIGTERM and their like as a flag: the first asks the run to end, the second ends the
// process. The same one again within a second is the same request.
#pragma once

#include <atomic>
#include <csignal>
#include <string>

namespace assay::cli {

/// Handlers are in place from here to the end of the process, so that a signal that comes after the
/// last document was written does not turn a complete run into a killed one. A signal that the
/// parent had ignored (nohup, a background shell) stays ignored.
class StopSignals {
 public:
  StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  /// Set by the first signal; what the sampler looks at between samples.
  const std::atomic<bool>* flag() const;
  /// `SIGTERM`, or another of run::kStopSignals; empty when no signal came.
  std::string signal_name() const;
  /// What a second signal leaves undone and how to undo it, which it says; empty: nothing.
  void set_left_undone(const std::string& text) const;
};

}  // namespace assay::cli
