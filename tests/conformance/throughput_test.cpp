// Throughput against speed of light and against baselines, device by device.
#include <doctest/doctest.h>

#include "harness/core/error.h"
#include "tests/conformance/passing_result.h"

namespace assay::test {

namespace {

constexpr const char* kLibraryGemm = "gemm.bf16.cublaslt/m8192_n8192_k8192";
constexpr const char* kOurs = "gemm.bf16.sm90/m8192_n8192_k8192";

ProfileRequirement light() {
  return requirement(
      "throughput_vs_speed_of_light",
      {{"workload", "gemm"}, {"dtype", "bf16"}, {"fail_below", 0.5}, {"warn_below", 0.6}});
}

ProfileRequirement baseline() {
  return requirement("throughput_vs_baseline", {{"workload", "gemm"}, {"dtype", "bf16"}});
}

Result gemm_node() { return passing_result(small_profile(), "cuda", 8); }

void slow_both(Result& result, int device, double factor) {
  slow_down(measurement_of(result, kLibraryGemm, device), factor);
  slow_down(measurement_of(result, kOurs, device), factor);
}

RequirementVerdict with_rows(const Result& result, std::vector<Baseline> baselines) {
  Profile profile = small_profile();
  profile.requirements = {baseline()};
  return judged(Evidence{{result}, &profile, std::move(baselines)}, baseline().id);
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("eight healthy devices pass against speed of light") {
    const RequirementVerdict verdict = judged(gemm_node(), light());
    CHECK(verdict.verdict == Verdict::pass);
    CHECK(verdict.subjects.empty());
    CHECK(verdict.reason.find("700 TFLOP/s = 90 %") != std::string::npos);
    CHECK(verdict.figures["cases"].size() == 8);
    CHECK(verdict.figures["cases"][0]["interval_level"] == 0.95);
  }

  TEST_CASE("the one slow device of eight is named with all that is printed on it") {
    Result result = gemm_node();
    slow_both(result, 7, 2);
    const RequirementVerdict verdict = judged(result, light());
    CHECK(verdict.verdict == Verdict::fail);
    REQUIRE(verdict.subjects.size() == 1);
    CHECK(verdict.subjects[0].kind == "device");
    for (const char* part :
         {"node-a", "device 7", "serial 1650007", "board 692-2G520-0200-000", "PCI 0000:7a:00.0"}) {
      CAPTURE(part);
      CHECK(verdict.subjects[0].name.find(part) != std::string::npos);
    }
  }

  TEST_CASE("the best implementation of a shape counts and a named one is taken at its word") {
    Result result = gemm_node();
    slow_down(measurement_of(result, kLibraryGemm, 3), 3);
    CHECK(judged(result, light()).verdict == Verdict::pass);
    ProfileRequirement named = light();
    named.parameters["implementation"] = "cublaslt";
    CHECK(judged(result, named).verdict == Verdict::fail);
  }

  TEST_CASE("between the limits is a warning") {
    Result result = gemm_node();
    slow_both(result, 0, 0.9 / 0.55);
    CHECK(judged(result, light()).verdict == Verdict::warn);
  }

  TEST_CASE("a limit within the interval of the median is too noisy to judge") {
    Result result = gemm_node();
    slow_both(result, 0, 0.9 / 0.49);
    CHECK(judged(result, light()).verdict == Verdict::fail);
    for (const char* id : {kLibraryGemm, kOurs}) {
      measurement_of(result, id, 0).samples->ci_low_s =
          0.97 * measurement_of(result, id, 0).samples->median_s;
    }
    const RequirementVerdict verdict = judged(result, light());
    CHECK(verdict.verdict == Verdict::not_evaluated);
    CHECK(verdict.reason_code == "too_noisy");
    REQUIRE(verdict.subjects.size() == 1);
    CHECK(verdict.subjects[0].name.find("device 0") != std::string::npos);
  }

  TEST_CASE("an unknown speed of light and a missing case are not evaluated") {
    Result result = gemm_node();
    for (const char* id : {kLibraryGemm, kOurs}) {
      measurement_of(result, id, 2).speed_of_light_fraction.reset();
    }
    CHECK(judged(result, light()).reason_code == "missing");
    result = gemm_node();
    std::erase_if(result.measurements, [&](const Measurement& one) {
      return one.scope.members.front() == result.nodes[0].devices[2].uuid;
    });
    const RequirementVerdict verdict = judged(result, light());
    CHECK(verdict.verdict == Verdict::not_evaluated);
    CHECK(verdict.reason_code == "missing");
    CHECK(verdict.subjects.size() == 1);
  }

  TEST_CASE("a case that failed verification is not evaluated for its speed") {
    Result result = gemm_node();
    for (const char* id : {kLibraryGemm, kOurs}) {
      measurement_of(result, id, 1).status = MeasurementStatus::failed_verification;
    }
    CHECK(judged(result, light()).reason_code == "failed_verification");
    CHECK(judged(result, baseline()).reason_code == "failed_verification");
  }

  TEST_CASE("the rate of an answer that nobody verified is no evidence") {
    Result result = gemm_node();
    for (const char* id : {kLibraryGemm, kOurs}) measurement_of(result, id, 1).verification.reset();
    CHECK(judged(result, light()).reason_code == "missing");
    CHECK(judged(result, baseline()).reason_code == "missing");
  }

  TEST_CASE("limits that are absent or upside down are refused") {
    ProfileRequirement asked = light();
    asked.parameters.erase("fail_below");
    CHECK_THROWS_AS(judged(gemm_node(), asked), Error);
    asked = light();
    asked.parameters["warn_below"] = 0.4;
    CHECK_THROWS_AS(judged(gemm_node(), asked), Error);
    asked = light();
    asked.parameters["shapes"] = "m1_n1_k1";
    CHECK_THROWS_AS(judged(gemm_node(), asked), Error);
  }

  TEST_CASE("a device at its baseline passes and one far below it fails and is named") {
    Result result = gemm_node();
    CHECK(judged(result, baseline()).verdict == Verdict::pass);
    slow_both(result, 5, 1 / 0.93);
    CHECK(judged(result, baseline()).verdict == Verdict::warn);
    slow_both(result, 5, 1.2);
    const RequirementVerdict verdict = judged(result, baseline());
    CHECK(verdict.verdict == Verdict::fail);
    REQUIRE(verdict.subjects.size() == 1);
    CHECK(verdict.subjects[0].name.find("device 5") != std::string::npos);
  }

  TEST_CASE("a row of another SKU or pattern or shape or series is no baseline") {
    const Result result = gemm_node();
    CHECK(with_rows(result, {}).reason_code == "no_baseline");
    Baseline other = passing_baseline();
    other.sku = "other";
    other.pci_ids = {"10de:0001"};
    CHECK(with_rows(result, {other}).reason_code == "no_baseline");
    other = passing_baseline();
    other.rows[0].input_pattern = "zeros";
    CHECK(with_rows(result, {other}).reason_code == "no_baseline");
    other = passing_baseline();
    other.rows[0].id = CaseId::parse("gemm.bf16.*/m4096_n4096_k4096");
    CHECK(with_rows(result, {other}).reason_code == "no_baseline");
    other = passing_baseline();
    other.rows[0].series = Series::graph;
    CHECK(with_rows(result, {other}).reason_code == "no_baseline");
    other = passing_baseline();
    other.rows[0].input_pattern = "random";
    CHECK(with_rows(result, {other}).verdict == Verdict::pass);
  }

  TEST_CASE("an expired row warns and a fresher or better one is preferred") {
    Result result = gemm_node();
    Baseline expired = passing_baseline();
    expired.rows[0].expires = "2026-10-31";
    CHECK(with_rows(result, {expired}).verdict == Verdict::warn);
    CHECK(with_rows(result, {expired}).reason_code == "baseline_expired");
    CHECK(with_rows(result, {expired, passing_baseline()}).verdict == Verdict::pass);
    Baseline ours = passing_baseline();
    ours.rows[0].tier = "measured_here";
    ours.rows[0].value *= 2;
    CHECK(with_rows(result, {passing_baseline(), ours}).verdict == Verdict::fail);
  }

  TEST_CASE("a row that names an implementation is about that one alone") {
    Result result = gemm_node();
    Baseline named = passing_baseline();
    named.rows[0].id = CaseId::parse(kOurs);
    slow_down(measurement_of(result, kOurs, 4), 2);
    CHECK(with_rows(result, {named}).verdict == Verdict::fail);
    CHECK(with_rows(result, {passing_baseline()}).verdict == Verdict::pass);
  }

  TEST_CASE("the limits of a row come before the profile's") {
    Result result = gemm_node();
    slow_both(result, 0, 1.25);
    Baseline lenient = passing_baseline();
    lenient.rows[0].fail_below = 0.5;
    lenient.rows[0].warn_below = 0.6;
    CHECK(with_rows(result, {lenient}).verdict == Verdict::pass);
  }
}

}  // namespace assay::test
