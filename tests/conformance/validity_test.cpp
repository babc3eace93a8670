// Whether the run is complete, its answers right, and its samples able to carry a verdict.
#include <doctest/doctest.h>

#include <cmath>

#include "tests/conformance/passing_result.h"

namespace assay::test {

namespace {

constexpr const char* kJudgedGemm = "gemm.bf16.cublaslt/m8192_n8192_k8192";

Result two_device_node() { return passing_result(small_profile(), "cuda", 2); }

RequirementVerdict stable(const Result& result) {
  return judged(result, requirement("stable_samples"));
}
RequirementVerdict verified(const Result& result) {
  return judged(result, requirement("verified_results"));
}
RequirementVerdict complete(const Result& result) {
  return judged(result, requirement("complete_run"));
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("steady samples pass on the validity axis") {
    CHECK(stable(two_device_node()).verdict == Verdict::pass);
    CHECK(stable(two_device_node()).axis == Axis::validity);
  }

  TEST_CASE("over half the samples discarded is a failure that says what discarded them") {
    Result result = two_device_node();
    Samples& samples = *measurement_of(result, kJudgedGemm, 1).samples;
    samples.discarded = samples.count;
    CHECK(stable(result).verdict == Verdict::pass);
    samples.discarded = samples.count + 1;
    samples.discard_reasons = {{"hw_thermal_slowdown", samples.discarded}};
    const RequirementVerdict verdict = stable(result);
    CHECK(verdict.verdict == Verdict::fail);
    CHECK(verdict.reason_code == "throttled");
    CHECK(verdict.reason.find("hw_thermal_slowdown") != std::string::npos);
    CHECK(verdict.subjects.size() == 1);
  }

  TEST_CASE("a series that was discarded whole is a failure") {
    Result result = two_device_node();
    Measurement& one = measurement_of(result, kJudgedGemm, 0);
    one.samples->discarded = one.samples->count;
    one.telemetry["discarded_fraction"] = 1.0;
    CHECK(stable(result).reason_code == "throttled");
  }

  TEST_CASE("a gate that opened by itself is a failure") {
    Result result = two_device_node();
    measurement_of(result, kJudgedGemm, 0).samples->discard_reasons = {{"gate_timeout", 1}};
    CHECK(stable(result).reason_code == "gate_timeout");
  }

  TEST_CASE("too few or too noisy samples are not evaluated") {
    Result result = two_device_node();
    measurement_of(result, kJudgedGemm, 0).samples->count = 9;
    CHECK(stable(result).reason_code == "too_few_samples");
    result = two_device_node();
    measurement_of(result, kJudgedGemm, 0).samples->stop_reason = "interrupted";
    CHECK(stable(result).reason_code == "too_few_samples");
    result = two_device_node();
    Samples& samples = *measurement_of(result, kJudgedGemm, 0).samples;
    samples.stop_reason = "max_time";
    CHECK(stable(result).verdict == Verdict::pass);
    samples.ci_high_s = 1.06 * samples.median_s;
    CHECK(stable(result).reason_code == "too_noisy");
    CHECK(stable(result).verdict == Verdict::not_evaluated);
  }

  TEST_CASE("a series of fewer passes than were asked for is not evaluated") {
    Profile profile = small_profile();
    profile.sampling.passes = 3;
    profile.requirements = {requirement("stable_samples")};
    Result result = two_device_node();
    for (Measurement& one : result.measurements)
      if (one.samples) one.samples->pass_medians_s.assign(3, one.samples->median_s);
    const auto of = [&](const Result& some) {
      return judged(Evidence{{some}, &profile, {}}, "stable_samples");
    };
    CHECK(of(result).verdict == Verdict::pass);
    Samples& samples = *measurement_of(result, kJudgedGemm, 1).samples;
    samples.pass_medians_s.pop_back();
    CHECK(of(result).reason_code == "too_few_samples");
    CHECK(of(result).reason.find("samples of 2 of the run's 3 passes") != std::string::npos);
    samples.discarded = 1;  // perhaps all of a pass
    CHECK(of(result).verdict == Verdict::pass);
    samples.pass_medians_s.clear();  // one pass, perhaps
    CHECK(of(result).verdict == Verdict::not_evaluated);
    samples.discarded = 2;
    CHECK(of(result).verdict == Verdict::pass);
    samples.pass_medians_s.assign(2, samples.median_s);
    samples.discarded = 0;
    samples.stop_reason = "interrupted";
    CHECK(of(result).reason.find("(interrupted)") != std::string::npos);
  }

  TEST_CASE("each limit on samples holds at the limit and not beyond it") {
    struct Row {
      std::int64_t count, discarded;
      double interval;
      const char* code;  // of the verdict
    };
    const std::int64_t least = small_profile().sampling.min_samples;
    for (const Row& row :
         {Row{least, 0, 0.002, "met"}, Row{least - 1, 0, 0.002, "too_few_samples"},
          Row{50, 50, 0.002, "met"}, Row{50, 51, 0.002, "throttled"}, Row{50, 49, 0.002, "met"},
          Row{50, 0, 0.0499, "met"}, Row{50, 0, 0.0501, "too_noisy"}}) {
      CAPTURE(row.count);
      CAPTURE(row.discarded);
      CAPTURE(row.interval);
      Result result = two_device_node();
      Samples& samples = *measurement_of(result, kJudgedGemm, 1).samples;
      samples.count = row.count;
      samples.discarded = row.discarded;
      samples.ci_low_s = samples.median_s * (1 - row.interval / 2);
      samples.ci_high_s = samples.median_s * (1 + row.interval / 2);
      CHECK(stable(result).reason_code == row.code);
    }
  }

  TEST_CASE("the figures of stable samples tell of every series") {
    Result result = two_device_node();
    for (Measurement& one : result.measurements) one.samples->values_s = {0.9e-3, 1.1e-3};
    Samples& samples = *measurement_of(result, kJudgedGemm, 1).samples;
    samples.ci_high_s = 1.031e-3;
    samples.discarded = 3;
    samples.stop_reason = "max_time";
    samples.p95_s = 1.2 * samples.median_s;
    const Json figures = stable(result).figures;
    const auto series = static_cast<double>(result.measurements.size());
    CHECK(figures["series"] == result.measurements.size());
    CHECK(figures["samples"] == 50 * result.measurements.size());
    CHECK(figures["discarded"] == 3);
    CHECK(figures["stop_reasons"]["max_time"] == 1);
    CHECK(figures["widest_relative_interval"].get<double>() == doctest::Approx(0.032));
    CHECK(figures["mean_relative_interval"].get<double>() ==
          doctest::Approx((0.032 + (series - 1) * 0.002) / series));
    CHECK(figures["mean_p95_over_median"].get<double>() == doctest::Approx(1.2));
    // Of two values the deviation is their difference over the root of two.
    CHECK(figures["mean_relative_stdev"].get<double>() == doctest::Approx(0.2 / std::sqrt(2.0)));
  }

  TEST_CASE("a scope with an unknown second member is of a device that nobody described") {
    Result result = two_device_node();
    Measurement extra = result.measurements.front();
    extra.id = CaseId::parse("gemm.f16.cublaslt/m64_n64_k64");
    extra.scope = {"node", {result.nodes[0].devices[0].uuid, "GPU-of-somebody-else"}};
    result.measurements.push_back(extra);
    const RequirementVerdict verdict = complete(result);
    CHECK(verdict.reason_code == "missing");
    CHECK(verdict.reason.find("GPU-of-somebody-else") != std::string::npos);
  }

  TEST_CASE("the errors of answers stand against their tolerances in the figures") {
    Result result = two_device_node();
    for (Measurement& one : result.measurements) one.verification->error = 0;
    Verification& one = *measurement_of(result, kJudgedGemm, 1).verification;
    one.status = Verification::Status::within_tolerance;
    one.error = 0.3;
    one.tolerance = 0.4;
    const Json figures = verified(result).figures;
    CHECK(figures["largest_error_of_tolerance"].get<double>() == doctest::Approx(0.75));
    CHECK(figures["mean_error_of_tolerance"].get<double>() ==
          doctest::Approx(0.75 / static_cast<double>(result.measurements.size())));
    *one.error *= 10;  // both as much: the fraction hides it
    *one.tolerance *= 10;
    const Json edited = verified(result).figures;
    CHECK(edited["mean_error_of_tolerance"].get<double>() ==
          doctest::Approx(figures["mean_error_of_tolerance"].get<double>()));
    CHECK(edited["mean_tolerance"].get<double>() > figures["mean_tolerance"].get<double>());
  }

  TEST_CASE("a case without samples is not evaluated and one in error fails") {
    Result result = two_device_node();
    measurement_of(result, kJudgedGemm, 0).samples.reset();
    CHECK(stable(result).reason_code == "missing");
    result = two_device_node();
    measurement_of(result, kJudgedGemm, 0).status = MeasurementStatus::error;
    CHECK(stable(result).verdict == Verdict::fail);
  }

  TEST_CASE("verified answers pass") {
    CHECK(verified(two_device_node()).verdict == Verdict::pass);
  }

  TEST_CASE("a wrong answer fails and names the case and the device") {
    Result result = two_device_node();
    Measurement& wrong = measurement_of(result, kJudgedGemm, 1);
    wrong.status = MeasurementStatus::failed_verification;
    wrong.reason = "row 3 column 7 is off by 1";
    const RequirementVerdict verdict = verified(result);
    CHECK(verdict.verdict == Verdict::fail);
    CHECK(verdict.reason.find(kJudgedGemm) != std::string::npos);
    CHECK(verdict.reason.find("row 3") != std::string::npos);
    REQUIRE(verdict.subjects.size() == 1);
    CHECK(verdict.subjects[0].name.find("device 1") != std::string::npos);
  }

  TEST_CASE("a wrong answer that was timed all the same fails too") {
    Result result = two_device_node();
    measurement_of(result, kJudgedGemm, 1).verification->status = Verification::Status::failed;
    CHECK(verified(result).verdict == Verdict::fail);
    measurement_of(result, kJudgedGemm, 1).verification.reset();
    CHECK(verified(result).reason_code == "missing");
  }

  TEST_CASE("a whole run is complete") {
    CHECK(complete(two_device_node()).verdict == Verdict::pass);
  }

  TEST_CASE("a run that ended early is not complete whatever it holds") {
    for (const RunStatus status : {RunStatus::interrupted, RunStatus::error, RunStatus::running}) {
      Result result = two_device_node();
      result.status = status;
      result.error = "the driver went away";
      const RequirementVerdict verdict = complete(result);
      CHECK(verdict.verdict == Verdict::not_evaluated);
      CHECK(verdict.reason.find("driver went away") != std::string::npos);
    }
  }

  TEST_CASE("what an interrupted run holds is judged") {
    Result result = two_device_node();
    result.status = RunStatus::interrupted;
    measurement_of(result, kJudgedGemm, 1).status = MeasurementStatus::failed_verification;
    CHECK(verified(result).verdict == Verdict::fail);
  }

  TEST_CASE("a member that does not apply is fine beside one that was measured") {
    Result result = two_device_node();
    Measurement& one = measurement_of(result, kJudgedGemm, 0);
    one.status = MeasurementStatus::not_applicable;
    one.reason = "libcublasLt was not found";
    one.samples.reset();
    one.verification.reset();
    one.metrics.clear();
    CHECK(complete(result).verdict == Verdict::pass);
    CHECK(verified(result).verdict == Verdict::pass);
    CHECK(stable(result).verdict == Verdict::pass);
    measurement_of(result, "gemm.bf16.sm90/m8192_n8192_k8192", 0) = one;
    CHECK(complete(result).verdict == Verdict::not_evaluated);
    CHECK(verified(result).verdict == Verdict::not_evaluated);
    CHECK(stable(result).verdict == Verdict::not_evaluated);
  }

  TEST_CASE("a measurement that is there twice or is of an unknown device is not complete") {
    Result result = two_device_node();
    result.measurements.push_back(result.measurements.front());
    CHECK(complete(result).reason_code == "excluded");
    result = two_device_node();
    result.nodes.front().devices.pop_back();
    CHECK(complete(result).verdict == Verdict::not_evaluated);
  }
}

}  // namespace assay::test
