// Draws the times of a run from its own speed, the speed of each pass and the noise within.
#include "tests/compare/compared_runs.h"

#include <fmt/format.h>

#include <cmath>

#include "harness/core/statistics.h"

namespace assay::compare {

namespace {

constexpr int kValues = 30;  // of a pass

Measurement gemm(const Samples& samples) {
  Measurement one;
  one.id = CaseId::parse("gemm.f32.blocked/m512_n512_k512");
  one.group = one.id.group();
  one.scope = {"device", {"host-n1"}};
  one.input_pattern = "normal";
  one.started = "2026-11-23T17:40:00Z";
  one.status = MeasurementStatus::measured;
  one.samples = samples;
  one.metrics = {{"flop_per_s", 2.0 * 512 * 512 * 512 / samples.median_s}};
  one.verification = Verification{Verification::Status::exact, {}, {}, {}, ""};
  return one;
}

}  // namespace

NamedResult simulated_run(std::mt19937_64& random, double time_s, int passes, const Noise& noise) {
  std::normal_distribution<double> normal;
  const double of_run = time_s * (1 + noise.between_runs * normal(random));
  Samples samples;
  for (int pass = 0; pass < passes; ++pass) {
    const double of_pass = of_run * (1 + noise.between_passes * normal(random));
    std::vector<double> values;
    for (int i = 0; i < kValues; ++i)
      values.push_back(of_pass * (1 + noise.within_pass * std::abs(normal(random))));
    samples.pass_medians_s.push_back(median(values));
    for (const double value : values) {
      samples.values_s.push_back(value);
      samples.pass.push_back(pass);
    }
  }
  samples.count = static_cast<std::int64_t>(samples.values_s.size());
  samples.median_s = median(samples.values_s);
  samples.p5_s = quantile(samples.values_s, 0.05);
  const Interval interval = median_interval(samples.values_s);
  samples.ci_low_s = interval.low;
  samples.ci_high_s = interval.high;
  samples.ci_level = interval.level;
  samples.stop_reason = "stable";
  NamedResult run;
  run.file = "result.json";
  run.result.status = RunStatus::complete;
  run.result.run.id = fmt::format("2026-11-23-n{}", std::mt19937_64(random)());  // its own
  run.result.run.started = run.result.run.finished = "2026-11-23T17:40:00Z";
  run.result.run.profile_name = "quick";
  run.result.run.profile_sha256 = std::string(64, 'a');
  run.result.run.backend = "host";
  run.result.simulated = true;
  run.result.software = {{"assay", "0.9.0"}, {"kernel", "Linux 6.1.0"}};
  NodeFacts node;
  node.name = "n1";
  DeviceFacts device;
  device.name = "Example CPU";
  device.uuid = "host-n1";
  node.devices = {device};
  run.result.nodes = {node};
  run.result.measurements = {gemm(samples)};
  return run;
}

}  // namespace assay::compare
