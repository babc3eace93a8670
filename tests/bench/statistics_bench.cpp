// Benchmarks of what is computed for every series: order statistics and the median's interval.
#include <benchmark/benchmark.h>

#include <random>

#include "harness/core/statistics.h"

namespace assay {

namespace {

std::vector<double> noisy_samples(std::int64_t count) {
  std::mt19937_64 random(1);
  std::lognormal_distribution<double> distribution(0, 0.01);
  std::vector<double> samples(static_cast<std::size_t>(count));
  for (double& sample : samples) sample = distribution(random);
  return samples;
}

void median_of_samples(benchmark::State& state) {
  const std::vector<double> samples = noisy_samples(state.range(0));
  for ([[maybe_unused]] auto iteration : state) benchmark::DoNotOptimize(median(samples));
  state.SetComplexityN(state.range(0));
}
BENCHMARK(median_of_samples)->RangeMultiplier(16)->Range(16, 65536)->Complexity();

void interval_of_median(benchmark::State& state) {
  const std::vector<double> samples = noisy_samples(state.range(0));
  for ([[maybe_unused]] auto iteration : state) benchmark::DoNotOptimize(median_interval(samples));
  state.SetComplexityN(state.range(0));
}
BENCHMARK(interval_of_median)->RangeMultiplier(16)->Range(16, 65536)->Complexity();

}  // namespace

}  // namespace assay
