// Benchmarks of the emulator with its whole checker on: they decide how large a test may be.
#include <benchmark/benchmark.h>

#include "tests/emulator/ladder_trials.h"

namespace assay::emulator {

namespace {

void emulate_copy(benchmark::State& state) {
  for ([[maybe_unused]] auto iteration : state)
    if (const auto report = run_trial(tma_copy_trial, {}))
      return state.SkipWithError(report->text().c_str());
}
BENCHMARK(emulate_copy)->Unit(benchmark::kMillisecond);

/// `items` are multiply-adds.
void emulate_product(benchmark::State& state) {
  const int n = static_cast<int>(state.range(0));
  const auto trial = [n](Emulator& emulator) { large_product_trial(emulator, 256, n, 256); };
  for ([[maybe_unused]] auto iteration : state)
    if (const auto report = run_trial(trial, {}))
      return state.SkipWithError(report->text().c_str());
  state.SetItemsProcessed(state.iterations() * 256 * n * 256);
}
BENCHMARK(emulate_product)->Arg(256)->Arg(512)->Unit(benchmark::kMillisecond);

}  // namespace

}  // namespace assay::emulator
