// How the instruction tests ask the emulator: nothing found in any mode, or exactly this fault.
#pragma once

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

#include "tests/emulator/runtime/emulator.h"

namespace assay::emulator {

/// The trial passes with every mode under a few seeds.
inline void check_clean(const Trial& trial, std::uint64_t seeds_per_mode = 4) {
  for (const Mode mode : kAllModes) {
    for (std::uint64_t seed = 1; seed <= seeds_per_mode; ++seed) {
      Settings settings;
      settings.mode = mode;
      settings.seed = seed;
      const auto report = run_trial(trial, settings);
      if (report) FAIL_CHECK(report->text());
      if (report) return;
    }
  }
}

/// Some seed of the first 30 finds `fault`, no seed finds another, and the report holds `words`.
inline void check_found(Fault fault, const Trial& trial, const std::string& words = "",
                        const Settings& base = {}) {
  int found = 0;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    Settings settings = base;
    settings.seed = seed;
    settings.mode = kAllModes[seed % std::size(kAllModes)];
    const auto report = run_trial(trial, settings);
    if (!report) continue;
    ++found;
    const std::string text = report->text();
    if (report->fault != fault) FAIL_CHECK("another fault: ", text);
    if (text.find(words) == std::string::npos) FAIL_CHECK("the report lacks ", words, ": ", text);
    if (report->fault != fault || text.find(words) == std::string::npos) return;
  }
  if (found == 0) FAIL_CHECK("not found in 30 seeds: ", name(fault));
  CHECK(found > 0);
}

}  // namespace assay::emulator
