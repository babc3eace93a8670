// One moving line on a terminal: what is being measured, and about how long is left.
#pragma once

#include <chrono>
#include <cstdio>

#include "harness/run/sink.h"

namespace assay::cli {

/// The time left if the groups to come take as long as those done; negative: not known yet.
double remaining_s(double elapsed_s, std::size_t done, std::size_t total);

/// Silent unless the stream is a terminal. The line is erased when the object goes.
class Progress {
 public:
  explicit Progress(std::FILE* stream);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// The worst case is shown until one group has been timed.
  void show(const run::Step& step);

 private:
  std::FILE* stream_;
  bool shown_;
  std::chrono::steady_clock::time_point started_;
};

}  // namespace assay::cli
