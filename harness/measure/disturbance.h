// Records which samples were disturbed by something other than the measured work.
#pragma once

namespace assay {

/// A disturbed sample does not count. It is discarded by the name of what disturbed it.
class DisturbanceLog {
 public:
  virtual ~DisturbanceLog() = default;
  /// Called by the thread that takes the samples, right before each.
  virtual void before_sample() {}
  /// Called right after it, with its times by the steady clock: the reason's name, or null.
  virtual const char* after_sample(double begin_s, double end_s) { return active(begin_s, end_s); }
  /// The reason's name, or null. May be asked again later, when more is known about the same time.
  virtual const char* active(double begin_s, double end_s) = 0;
};

}  // namespace assay
