// What is between nodes against a baseline: each scope by its own row.
#include <doctest/doctest.h>

#include "tests/conformance/fabric_run.h"

namespace assay::test {

TEST_SUITE("unit") {
  TEST_CASE("a uniformly slow fabric fails its baseline as a fabric and a missing row is said") {
    const Baseline baseline = fabric_baseline();
    const Json largest = {{"shapes", "bytes1048576"}};
    const auto verdict_of = [&](double rate, const Json& parameters) {
      return judged_run(whole_run(fabric_result(sound_fabric(), rate)),
                        "fabric_throughput_vs_baseline", {baseline}, parameters);
    };
    CHECK(verdict_of(kSoundRate, largest).verdict == Verdict::pass);
    const RequirementVerdict slow = verdict_of(0.1 * kSoundRate, largest);
    CHECK(slow.verdict == Verdict::fail);
    REQUIRE(slow.subjects.size() == 1);
    CHECK(slow.subjects[0].kind == "fabric");
    CHECK(verdict_of(kSoundRate, Json::object()).reason_code == "no_baseline");
    for (const auto& [fraction, expected] :
         {std::pair(0.9501, Verdict::pass), std::pair(0.9499, Verdict::warn),
          std::pair(0.9001, Verdict::warn), std::pair(0.8999, Verdict::fail)}) {
      CAPTURE(fraction);
      Result result = fabric_result(sound_fabric(), fraction * kSoundRate);
      for (Measurement& one : result.measurements)
        if (one.samples) one.samples->ci_low_s = one.samples->ci_high_s = one.samples->median_s;
      const RequirementVerdict verdict =
          judged_run(whole_run(result), "fabric_throughput_vs_baseline", {baseline}, largest);
      CHECK(verdict.verdict == expected);
    }
    // What was not measured is no matter of a baseline.
    Result without = fabric_result(sound_fabric());
    std::erase_if(without.measurements, [](const Measurement& one) {
      return one.id.shape.has("ranks") && one.id.shape.at("bytes") == 1048576;
    });
    for (Link& link : without.links) --link.measurement;
    const RequirementVerdict unmeasured =
        judged_run(whole_run(without), "fabric_throughput_vs_baseline", {baseline}, largest);
    CHECK(unmeasured.reason_code == "missing");
    CHECK(unmeasured.action == Action::rerun);
  }

  TEST_CASE("each scope of a collective is held to its own row and a slow node is named") {
    Baseline baseline = fabric_baseline({fabric_row("cluster", 8), fabric_row("node", 2)});
    const auto verdict_of = [&](const std::vector<double>& rates) {
      Result result = fabric_result(sound_fabric());
      for (std::size_t node = 0; node < rates.size(); ++node) {
        result.measurements.push_back(
            measured("all_reduce.f32.gloo/bytes1048576_ranks2", 1048576, rates[node]));
        result.measurements.back().scope = {"node", {node_called(static_cast<int>(node))}};
      }
      return judged_run(whole_run(result), "fabric_throughput_vs_baseline", {baseline},
                        {{"shapes", "bytes1048576"}});
    };
    CHECK(verdict_of({kSoundRate, kSoundRate}).verdict == Verdict::pass);
    const RequirementVerdict slow = verdict_of({kSoundRate, kSoundRate / 2});
    CHECK(slow.verdict == Verdict::fail);
    REQUIRE(slow.subjects.size() == 1);
    CHECK(slow.subjects[0].name == node_called(1));
    baseline.rows.pop_back();
    const RequirementVerdict unknown = verdict_of({kSoundRate});
    CHECK(unknown.reason_code == "no_baseline");
    CHECK(unknown.reason.find("over 2 ranks") != std::string::npos);
  }
}

}  // namespace assay::test
