// The result document to JSON and back.
#include <algorithm>

#include "harness/core/layout_1_0.h"
#include "harness/core/result_fields.h"
#include "harness/core/simulation.h"

namespace assay {

void require_sound(const Samples& samples) {
  const auto require = [](bool ordered, const char* field, const char* what) {
    if (!ordered) throw Error(fmt::format("/{}: {}", field, what));
  };
  require(samples.p5_s <= samples.median_s, "p5_s", "above median_s");
  require(samples.ci_low_s <= samples.median_s, "ci_low_s", "above median_s");
  require(samples.median_s <= samples.ci_high_s, "ci_high_s", "below median_s");
  require(!samples.p95_s || samples.median_s <= *samples.p95_s, "p95_s", "below median_s");
  require(!samples.p99_s || samples.median_s <= *samples.p99_s, "p99_s", "below median_s");
  require(static_cast<std::int64_t>(samples.values_s.size()) <= samples.count, "values_s",
          "holds more values than count says were taken");
  require(samples.pass.empty() || samples.pass.size() == samples.values_s.size(), "pass",
          "is not as long as values_s");
  if (samples.pass_medians_s.empty()) return;
  const int passes = static_cast<int>(samples.pass_medians_s.size());
  require(std::all_of(samples.pass.begin(), samples.pass.end(),
                      [&](int pass) { return pass < passes; }),
          "pass", "names a pass without a median in pass_medians_s");
}

void require_sound(const IsolationFacts& isolation) {
  if (isolation.racks.size() != isolation.nodes.size()) {
    throw Error("/racks: is not as long as nodes");
  }
}

/// A mark that is taken off must not turn a simulation, or a CPU, into an accelerator.
void require_mark(const Result& result) {
  if (result.simulated) return;
  if (result.extensions.contains(kSimulation))
    throw Error(fmt::format("/simulated: false, but extensions/{} says that assay simulate made it",
                            kSimulation));
  const bool is_marked_host =
      result.run.backend == "host" && !result.imported && result.schema_version != kVersion1_0;
  if (is_marked_host)
    throw Error("/simulated: false, but run/backend is host, whose documents are all marked true");
}

void require_sound(const Result& result) {
  require_mark(result);
  for (std::size_t i = 0; i < result.links.size(); ++i) {
    if (result.links[i].measurement < result.measurements.size()) continue;
    throw Error(
        fmt::format("/links/{}/measurement: {} is not the index of a measurement, of "
                    "which there are {}",
                    i, result.links[i].measurement, result.measurements.size()));
  }
}

Json to_json(const Result& result) {
  Json json = written(result);
  if (result.schema_version == kVersion1_0) to_layout_1_0(json);
  require_finite(json, "result document");
  return json;
}

Result result_from_json(const Json& document) {
  Result result;
  if (document.value("schema_version", "") == kVersion1_0) {
    Json moved = document;
    to_layout_1_1(moved);
    read_value(moved, result, Place());
  } else {
    read_value(document, result, Place());
  }
  return result;
}

}  // namespace assay
