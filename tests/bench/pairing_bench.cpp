// Benchmarks of the arithmetic between nodes: rounds of disjoint pairs, and naming the slow one.
#include <benchmark/benchmark.h>

#include "harness/fabric/pairing.h"
#include "tests/collectives/simulated_fabric.h"

namespace assay {

namespace {

void pair_all_nodes(benchmark::State& state) {
  const int nodes = static_cast<int>(state.range(0));
  for ([[maybe_unused]] auto iteration : state) benchmark::DoNotOptimize(all_pairs(nodes));
  state.SetComplexityN(nodes);
}
BENCHMARK(pair_all_nodes)
    ->RangeMultiplier(4)
    ->Range(4, 1024)
    ->Unit(benchmark::kMicrosecond)
    ->Complexity();

/// The readings are simulated: what is timed is what the isolation thinks about them.
void isolate_slow_node(benchmark::State& state) {
  const int nodes = static_cast<int>(state.range(0));
  for ([[maybe_unused]] auto iteration : state) {
    test::SimulatedFabric fabric(nodes, 16, 1, 0.01, 1);
    fabric.slow_node(nodes / 2, 0.5);
    const std::vector<Culprit> culprits = fabric.isolate(1);
    if (culprits.size() != 1) return state.SkipWithError("the slow node was not named alone");
  }
  state.SetComplexityN(nodes);
}
BENCHMARK(isolate_slow_node)
    ->RangeMultiplier(4)
    ->Range(16, 1024)
    ->Unit(benchmark::kMillisecond)
    ->Complexity();

}  // namespace

}  // namespace assay
