// An enrolled kernel, ASSAY_KERNEL: right under every seed, and wrong when any one call is missing.
#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include "tests/emulator/kernel_trial.h"

namespace assay::emulator {

namespace {

#ifndef ASSAY_WITHOUT_DELETIONS
bool is_allowed(const KernelTrial& kernel, const Site& site) {
  return std::any_of(
      kernel.not_functional.begin(), kernel.not_functional.end(),
      [&](const NotFunctional& call) { return call.instruction == site.instruction; });
}

/// Deletes every synchronising or asynchronous call in turn; 30 seeds must find each.
void delete_every_call(const KernelTrial& kernel) {
  const auto first_seeds = [](std::size_t count) {
    std::vector<std::uint64_t> seeds(count);
    std::iota(seeds.begin(), seeds.end(), 1);
    return seeds;
  };
  const std::vector<Site> sites = sites_of(kernel.trial);
  CHECK(sites.size() > 3);
  int slowest = 0;
  for (const Site& site : sites) {
    const bool allowed = is_allowed(kernel, site);
    const Found found = search(kernel.trial, first_seeds(allowed ? 5 : 30),
                               Mutation{Mutation::Kind::kRemove, site, nullptr});
    if (allowed) {
      CHECK_MESSAGE(found.failures == 0,
                    kernel.name << " without " << site.text()
                                << " is found; take it off the list: " << found.first->text());
      continue;
    }
    CHECK_MESSAGE(found.failures > 0, kernel.name << " without " << site.text() << " passes");
    slowest = std::max(slowest, found.trials);
  }
  MESSAGE(kernel.name << ": " << sites.size() << " calls, each found within " << slowest
                      << " seeds");
}
#endif

void run_all_modes(const KernelTrial& kernel) {
  for (const Mode mode : kAllModes) {
    for (const std::uint64_t seed : seeds(kernel.seeds)) {
      Settings settings;
      settings.mode = mode;
      settings.seed = seed;
      const auto report = run_trial(kernel.trial, settings);
      REQUIRE_MESSAGE(!report, kernel.name << ": " << report->text());
    }
  }
}

}  // namespace

TEST_SUITE("property") {
  TEST_CASE(ASSAY_KERNEL " is right in every mode") {
    run_all_modes(enrolled_kernel(ASSAY_KERNEL));
  }

#ifndef ASSAY_WITHOUT_DELETIONS
  TEST_CASE("every deleted call of " ASSAY_KERNEL " is found within 30 seeds") {
    delete_every_call(enrolled_kernel(ASSAY_KERNEL));
  }
#endif
}

}  // namespace assay::emulator
