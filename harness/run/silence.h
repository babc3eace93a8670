// How long the other process of a run has been silent, not counting when it could not run.
#pragma once

namespace assay::run {

inline constexpr double kTick_s = 0.2;  // how often one process looks for the other

/// Time that passes without a sign of life and counts against the other process: not what both were
/// stopped for (Ctrl-Z, a frozen control group, a laptop asleep), and not what it waited for a core
/// that others had, up to ten times as long as the rest.
class Silence {
 public:
  Silence();
  void broken();
  /// To be called once a tick.
  void goes_on(double waited_for_core_s);
  double lasts_s() const;
  /// With what the other process waited for a core.
  double passed_s() const { return passed_s_; }

 private:
  double last_s_, passed_s_ = 0, waited_s_ = 0;
};

}  // namespace assay::run
