// How the instruction tests ask the emulator: nothing found in any mode, or exactly this fault.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "kernels/emulator/emulator.h"

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

/// Some seed of the first 30 finds one of `faults`, none finds another, and the report has `words`.
inline void check_found(const std::vector<Fault>& faults, const Trial& trial,
                        const std::string& words = "") {
  int found = 0;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    Settings settings;
    settings.seed = seed;
    settings.mode = kAllModes[seed % std::size(kAllModes)];
    const auto report = run_trial(trial, settings);
    if (!report) continue;
    ++found;
    const std::string text = report->text();
    const bool expected = std::find(faults.begin(), faults.end(), report->fault) != faults.end();
    const bool has_words = text.find(words) != std::string::npos;
    if (!expected) FAIL_CHECK("another fault: ", text);
    if (!has_words) FAIL_CHECK("the report lacks '", words, "': ", text);
    if (!expected || !has_words) return;
  }
  INFO("expected, among others: ", std::string(name(faults.front())));
  CHECK(found > 0);
}

inline void check_found(Fault fault, const Trial& trial, const std::string& words = "") {
  check_found(std::vector<Fault>{fault}, trial, words);
}

/// Every one of 30 seeds finds something, whatever it is called.
inline void check_always_found(const Trial& trial) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    Settings settings;
    settings.seed = seed;
    settings.mode = kAllModes[seed % std::size(kAllModes)];
    INFO("seed ", seed);
    CHECK(run_trial(trial, settings));
  }
}

}  // namespace assay::emulator
