// Benchmarks of documents: writing, reading and judging what a cluster of N nodes leaves behind.
#include <benchmark/benchmark.h>

#include "harness/core/document.h"
#include "tests/conformance/passing_result.h"

namespace assay {

namespace {

constexpr int kDevicesPerNode = 8;

Result node_result(const Profile& profile, std::int64_t node) {
  return test::passing_result(profile, "cuda", kDevicesPerNode, "node-" + std::to_string(node));
}

void set_document_rate(benchmark::State& state, std::size_t bytes) {
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes) * state.iterations());
}

void serialise_document(benchmark::State& state) {
  const Result result = node_result(load_profile("node"), 0);
  std::string text;
  for ([[maybe_unused]] auto iteration : state) text = to_json(result).dump();
  set_document_rate(state, text.size());
}
BENCHMARK(serialise_document)->Unit(benchmark::kMillisecond);

void parse_document(benchmark::State& state) {
  const std::string text = to_json(node_result(load_profile("node"), 0)).dump();
  for ([[maybe_unused]] auto iteration : state)
    benchmark::DoNotOptimize(parse_json(text, "the document"));
  set_document_rate(state, text.size());
}
BENCHMARK(parse_document)->Unit(benchmark::kMillisecond);

void validate_document(benchmark::State& state) {
  const Json document = to_json(node_result(load_profile("node"), 0));
  for ([[maybe_unused]] auto iteration : state)
    validate(document, DocumentKind::result, "the document");
  set_document_rate(state, document.dump().size());
}
BENCHMARK(validate_document)->Unit(benchmark::kMillisecond);

void judge_nodes(benchmark::State& state) {
  const Profile profile = load_profile("node");
  Evidence evidence{{}, &profile, builtin_baselines()};
  for (std::int64_t node = 0; node < state.range(0); ++node)
    evidence.results.push_back(node_result(profile, node));
  for ([[maybe_unused]] auto iteration : state) benchmark::DoNotOptimize(judge(evidence));
  state.SetComplexityN(state.range(0));
}
BENCHMARK(judge_nodes)
    ->RangeMultiplier(4)
    ->Range(1, 64)
    ->Arg(1024)
    ->Unit(benchmark::kMillisecond)
    ->Complexity();

}  // namespace

}  // namespace assay
