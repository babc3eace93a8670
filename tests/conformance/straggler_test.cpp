// Requirement straggler_spread: one slow device among all nodes of a run is named.
#include <doctest/doctest.h>

#include "harness/core/error.h"
#include "tests/conformance/passing_result.h"

namespace assay::test {

namespace {

constexpr const char* kRacedLibrary = "gemm.bf16.cublaslt/m8192_n8192_k8192";
constexpr const char* kRacedNative = "gemm.bf16.sm90/m8192_n8192_k8192";

RequirementVerdict judged_cluster(const std::vector<Result>& results) {
  Profile profile = small_profile();
  profile.requirements = {requirement("straggler_spread", {{"workload", "gemm"}})};
  return judged(Evidence{results, &profile, {}}, "straggler_spread");
}

std::vector<Result> cluster() {
  const Profile profile = small_profile();
  return {passing_result(profile, "cuda", 1, "node-a"),
          passing_result(profile, "cuda", 1, "node-b"),
          passing_result(profile, "cuda", 1, "node-c")};
}

void without_noise(Measurement& one) {
  one.samples->ci_low_s = one.samples->median_s;
  one.samples->ci_high_s = one.samples->median_s;
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("devices of several nodes at one pace have no straggler") {
    const RequirementVerdict verdict = judged_cluster(cluster());
    CHECK(verdict.verdict == Verdict::pass);
    CHECK(verdict.action == Action::none);
    CHECK(verdict.figures["pace"] == 1.0);
  }

  TEST_CASE("the one slow device of another node is the straggler") {
    for (const auto& [factor, expected, action] : {std::tuple{1.07, Verdict::warn, Action::rerun},
                                                   std::tuple{1.2, Verdict::fail, Action::drain}}) {
      CAPTURE(factor);
      std::vector<Result> results = cluster();
      for (const char* id : {kRacedLibrary, kRacedNative})
        slow_down(measurement_of(results[1], id, 0), factor);
      const RequirementVerdict verdict = judged_cluster(results);
      CHECK(verdict.verdict == expected);
      CHECK(verdict.reason_code == "straggler");
      CHECK(verdict.action == action);
      REQUIRE(verdict.subjects.size() == 1);
      CHECK(verdict.subjects[0].name.find("node-b") != std::string::npos);
    }
  }

  TEST_CASE("a pace at the limit is kept and one just under it is not") {
    struct Row {
      double pace;
      Verdict expected;
    };
    for (const Row& row : {Row{0.9501, Verdict::pass}, Row{0.9499, Verdict::warn},
                           Row{0.9001, Verdict::warn}, Row{0.8999, Verdict::fail}}) {
      CAPTURE(row.pace);
      std::vector<Result> results = cluster();
      for (Result& result : results)
        for (Measurement& one : result.measurements) without_noise(one);
      for (const char* id : {kRacedLibrary, kRacedNative}) {
        slow_down(measurement_of(results[1], id, 0), 1 / row.pace);
        without_noise(measurement_of(results[1], id, 0));
      }
      const RequirementVerdict verdict = judged_cluster(results);
      CHECK(verdict.verdict == row.expected);
      CHECK(verdict.figures["pace"].get<double>() == doctest::Approx(row.pace).epsilon(1e-6));
      CHECK(verdict.figures["fail_from"] == 0.10);
      CHECK(verdict.figures["warn_from"] == 0.05);
      if (row.expected == Verdict::pass) continue;
      REQUIRE(verdict.figures["stragglers"].size() == 1);
      CHECK(verdict.figures["stragglers"][0]["of_median"].get<double>() ==
            doctest::Approx(row.pace).epsilon(1e-6));
    }
  }

  TEST_CASE("an interval that straddles the limit names no straggler") {
    std::vector<Result> results = cluster();
    for (const char* id : {kRacedLibrary, kRacedNative}) {
      Measurement& one = measurement_of(results[1], id, 0);
      slow_down(one, 1 / 0.9);
      one.samples->ci_low_s = 0.97 * one.samples->median_s;
      one.samples->ci_high_s = 1.03 * one.samples->median_s;
    }
    const RequirementVerdict verdict = judged_cluster(results);
    CHECK(verdict.verdict == Verdict::not_evaluated);
    CHECK(verdict.reason_code == "too_noisy");
  }

  TEST_CASE("limits the wrong way round are refused of every spread") {
    for (const char* kind : {"straggler_spread", "spread_within_node", "slower_than_fleet"}) {
      CAPTURE(std::string(kind));
      Profile profile = small_profile();
      const auto judge_by = [&](const Json& limits) {
        profile.requirements = {requirement(kind, limits)};
        return judged(Evidence{cluster(), &profile, {}}, kind);
      };
      CHECK_THROWS_AS(judge_by({{"warn_from", 0.2}, {"fail_from", 0.1}}), Error);
      CHECK_THROWS_AS(judge_by({{"warn_from", 0.5}}), Error);  // over what fails by default
      CHECK_NOTHROW(judge_by({{"warn_from", 0.1}, {"fail_from", 0.1}}));
      CHECK_NOTHROW(judge_by({{"fail_from", 0.001}}));  // and warns from there
    }
  }

  TEST_CASE("a straggler cannot be told where a device was not measured or is alone") {
    std::vector<Result> results = cluster();
    results[2].measurements.clear();
    CHECK(judged_cluster(results).reason_code == "missing");
    CHECK(judged_cluster({results[0]}).reason_code == "missing");
  }

  TEST_CASE("devices of two models do not race each other") {
    std::vector<Result> results = cluster();
    for (const char* id : {kRacedLibrary, kRacedNative})
      slow_down(measurement_of(results[1], id, 0), 2);
    results[1].nodes.front().devices.front().name = "Another GPU";
    const RequirementVerdict verdict = judged_cluster(results);
    CHECK(verdict.verdict == Verdict::not_evaluated);
    CHECK(verdict.reason_code == "missing");
  }
}

}  // namespace assay::test
