// What every list of attention trials is held to.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "tests/emulator/attention/forward_trials.h"
#include "tests/emulator/deleted_lines.h"

namespace assay::emulator {

/// Each is right in every mode, under two seeds a mode unless more are asked for.
inline void check_trials(const std::vector<NamedTrial>& trials) {
  for (const NamedTrial& one : trials) {
    for (const Mode mode : kAllModes) {
      for (const std::uint64_t seed : seeds(2)) {
        Settings settings;
        settings.mode = mode;
        settings.seed = seed;
        const auto report = run_trial(one.trial, settings);
        REQUIRE_MESSAGE(!report, one.name << ": " << report->text());
      }
    }
  }
}

/// The trials call nothing that is not deleted in one of `deleted`.
inline void check_deleted(const std::vector<NamedTrial>& trials,
                          const std::vector<Trial>& deleted) {
  const std::set<std::string> lines = lines_of(deleted);
  for (const NamedTrial& one : trials) check_deleted(one.name, one.trial, lines);
}

/// Where wait number `which` for products, in the order of attend()'s lines, lets one group more be
/// under way, that is found.
inline void check_early(const Trial& forward, std::size_t which) {
  std::vector<Site> sites = sites_of(forward);
  const std::string wait = "wgmma.wait_group";
  std::erase_if(sites, [&](const Site& site) { return site.instruction != wait; });
  std::sort(sites.begin(), sites.end(),
            [](const Site& x, const Site& y) { return x.at.line() < y.at.line(); });
  REQUIRE(which < sites.size());
  const auto later = [](std::uint64_t pending) { return pending + 1; };
  CHECK(search(forward, {1, 2, 3, 4, 5}, Mutation{Mutation::Kind::kChange, sites[which], later})
            .failures > 0);
}

}  // namespace assay::emulator
