// What every list of attention trials is held to.
#pragma once

#include <doctest/doctest.h>

#include <vector>

#include "tests/emulator/attention/forward_trials.h"

namespace assay::emulator {

/// Each is right in every mode, under four seeds a mode unless more are asked for.
inline void check_trials(const std::vector<NamedTrial>& trials) {
  for (const NamedTrial& one : trials) {
    for (const Mode mode : kAllModes) {
      for (const std::uint64_t seed : seeds(4)) {
        Settings settings;
        settings.mode = mode;
        settings.seed = seed;
        const auto report = run_trial(one.trial, settings);
        REQUIRE_MESSAGE(!report, one.name << ": " << report->text());
      }
    }
  }
}

}  // namespace assay::emulator
