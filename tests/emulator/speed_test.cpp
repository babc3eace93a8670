// How fast the emulator is with the whole checker on: the figure that decides what can be tested.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <ctime>

#include "tests/emulator/ladder_trials.h"

namespace assay::emulator {

namespace {

/// The best of three, in seconds of one core: other processes do not count.
double time_product(int m, int n, int k) {
  double best = 1e9;
  for (int i = 0; i < 3; ++i) {
    const std::clock_t start = std::clock();
    const auto report =
        run_trial([&](Emulator& emulator) { large_product_trial(emulator, m, n, k); }, {});
    const double passed = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    REQUIRE_MESSAGE(!report, report->text());
    best = std::min(best, passed);
  }
  std::printf("%d x %d x %d: %.1f ms, %.2f ns a multiply-add\n", m, n, k, best * 1e3,
              best * 1e9 / (static_cast<double>(m) * n * k));
  return best;
}

}  // namespace

TEST_SUITE("timing") {
  TEST_CASE("a large tile takes under half a second and time grows with the work") {
    const double small = time_product(256, 256, 256);
    const double product = time_product(256, 512, 256);
    const double large = time_product(256, 512, 512);
    CHECK(product < 0.5);
    CHECK(product / small < 3);  // twice the work
    CHECK(large / product < 3);
  }
}

}  // namespace assay::emulator
