// Requirement collective_latency: small messages between ranks against limits of two percentiles.
#include <doctest/doctest.h>

#include "harness/core/error.h"
#include "tests/conformance/passing_result.h"

namespace assay::test {

namespace {

const Json kLimits = {{"workload", "all_reduce"},
                      {"p50_warn_above_s", 1e-4},
                      {"p50_fail_above_s", 3e-4},
                      {"p99_warn_above_s", 1e-3},
                      {"p99_fail_above_s", 3e-3}};

Profile latency_profile(const Json& limits) {
  Profile profile;
  profile.name = "latency";
  profile.backends = {"host"};
  profile.cases = {
      {"all_reduce", "host", {"f32"}, {"gloo"}, {Shape::parse("bytes1024")}, {Series::hot}}};
  profile.requirements = {requirement("collective_latency", limits)};
  return profile;
}

Result two_ranks(double p50_s, std::optional<double> p99_s) {
  Result result = passing_result(latency_profile(kLimits), "host", 1);
  result.run.world_size = 2;
  result.fabric = FabricFacts{{"node-a", "node-b"}, {"", ""}};
  Measurement& one = result.measurements.at(0);
  one.id = CaseId::parse("all_reduce.f32.gloo/bytes1024_ranks2");
  one.series = Series::hot;
  one.scope = {"cluster", {"node-a", "node-b"}};
  one.metrics = {{"bus_bandwidth_bytes_per_s", 1e9}};
  slow_down(one, p50_s / one.samples->median_s);
  one.samples->p99_s = p99_s;
  return result;
}

RequirementVerdict judged_latency(const Result& result, const Json& limits = kLimits) {
  const Profile profile = latency_profile(limits);
  return judged(Evidence{{result}, &profile, {}}, "collective_latency");
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("each percentile of a small message has limits of its own") {
    struct Row {
      double p50_s, p99_s;
      Verdict expected;
    };
    for (const Row& row : {Row{5e-5, 5e-4, Verdict::pass}, Row{2e-4, 5e-4, Verdict::warn},
                           Row{5e-5, 2e-3, Verdict::warn}, Row{4e-4, 5e-4, Verdict::fail},
                           Row{5e-5, 4e-3, Verdict::fail}}) {
      CAPTURE(row.p50_s);
      CAPTURE(row.p99_s);
      const RequirementVerdict verdict = judged_latency(two_ranks(row.p50_s, row.p99_s));
      CHECK(verdict.verdict == row.expected);
      const bool is_fine = verdict.verdict == Verdict::pass;
      CHECK(verdict.action == (is_fine ? Action::none : Action::check_fabric));
      CHECK(verdict.subjects.empty() == is_fine);
    }
  }

  TEST_CASE("a latency at its limit keeps it and one just over it does not") {
    struct Row {
      double p50_s, p99_s;
      Verdict expected;
    };
    for (const Row& row :
         {Row{1e-4, 1e-3, Verdict::pass}, Row{1.0001e-4, 1e-3, Verdict::warn},
          Row{3e-4, 1e-3, Verdict::warn}, Row{3.0001e-4, 1e-3, Verdict::fail},
          Row{1e-4, 1.0001e-3, Verdict::warn}, Row{1e-4, 3e-3, Verdict::warn},
          Row{1e-4, 3.0001e-3, Verdict::fail}, Row{3.0001e-4, 3.0001e-3, Verdict::fail}}) {
      CAPTURE(row.p50_s);
      CAPTURE(row.p99_s);
      Result result = two_ranks(row.p50_s, row.p99_s);
      result.measurements[0].samples->median_s = row.p50_s;
      result.measurements[0].samples->ci_low_s = row.p50_s;
      result.measurements[0].samples->ci_high_s = row.p50_s;
      const RequirementVerdict verdict = judged_latency(result);
      CHECK(verdict.verdict == row.expected);
      CHECK(verdict.figures["cases"][0]["p50_s"] == row.p50_s);
      CHECK(verdict.figures["cases"][0]["p99_s"] == row.p99_s);
    }
  }

  TEST_CASE("the slowest of several sizes is the one that is told") {
    Result result = two_ranks(5e-5, 5e-4);
    Measurement other = result.measurements[0];
    other.id = CaseId::parse("all_reduce.f32.gloo/bytes2048_ranks2");
    slow_down(other, 4);
    result.measurements.push_back(other);
    Measurement third = result.measurements[0];
    third.id = CaseId::parse("all_reduce.f32.gloo/bytes4096_ranks2");
    slow_down(third, 1.5);
    result.measurements.push_back(third);
    Profile profile = latency_profile(kLimits);
    for (const char* shape : {"bytes2048", "bytes4096"})
      profile.cases[0].shapes.push_back(Shape::parse(shape));
    const RequirementVerdict verdict =
        judged(Evidence{{result}, &profile, {}}, "collective_latency");
    CHECK(verdict.verdict == Verdict::warn);
    CHECK(verdict.reason.find("bytes2048") != std::string::npos);
    CHECK(verdict.reason.find("bytes4096") == std::string::npos);
    CHECK(verdict.figures["cases"].size() == 3);
  }

  TEST_CASE("a limit inside the interval of a latency is not evaluated") {
    Result noisy = two_ranks(4e-4, 5e-4);
    noisy.measurements[0].samples->ci_low_s = 2e-4;
    const RequirementVerdict above = judged_latency(noisy);
    CHECK(above.verdict == Verdict::not_evaluated);
    CHECK(above.reason_code == "too_noisy");
    CHECK(above.action == Action::quiet_machine);
    CHECK(above.reason.find("from 200.0 us to") != std::string::npos);
    noisy = two_ranks(2e-4, 5e-4);
    noisy.measurements[0].samples->ci_high_s = 4e-4;
    CHECK(judged_latency(noisy).reason_code == "too_noisy");
    noisy.measurements[0].samples->ci_high_s = 2.9e-4;
    CHECK(judged_latency(noisy).verdict == Verdict::warn);
  }

  TEST_CASE("a percentile that the samples do not give is not evaluated") {
    const RequirementVerdict few = judged_latency(two_ranks(5e-5, std::nullopt));
    CHECK(few.verdict == Verdict::not_evaluated);
    CHECK(few.reason_code == "too_few_samples");
    CHECK(few.action == Action::rerun);
    Result unmeasured = two_ranks(5e-5, 5e-4);
    unmeasured.measurements.clear();
    CHECK(judged_latency(unmeasured).reason_code == "missing");
    unmeasured.fabric.reset();
    CHECK(judged_latency(unmeasured).reason_code == "missing");
  }

  TEST_CASE("limits that are absent or the wrong way round are refused") {
    Json swapped = kLimits;
    swapped["p99_warn_above_s"] = 1;
    CHECK_THROWS_AS(judged_latency(two_ranks(5e-5, 5e-4), swapped), Error);
    Json without = kLimits;
    without.erase("p50_fail_above_s");
    CHECK_THROWS_AS(judged_latency(two_ranks(5e-5, 5e-4), without), Error);
  }
}

}  // namespace assay::test
