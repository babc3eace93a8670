// A native kernel beside the vendor's library, shape by shape.
#include <doctest/doctest.h>

#include <cmath>

#include "harness/core/error.h"
#include "harness/core/library_ratio.h"
#include "tests/conformance/passing_result.h"

namespace assay::test {

namespace {

constexpr const char* kNative = "gemm.bf16.sm90/m8192_n8192_k8192";
constexpr const char* kLibrary = "gemm.bf16.cublaslt/m8192_n8192_k8192";

RequirementVerdict beside(const Result& result, const char* implementation = "sm90") {
  return judged(result, requirement("throughput_vs_library", {{"workload", "gemm"},
                                                              {"implementation", implementation},
                                                              {"fail_below", 0.9},
                                                              {"warn_below", 0.97}}));
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a kernel as fast as the library passes and its ratio is a figure") {
    Result result = passing_result(small_profile(), "cuda", 2);
    slow_down(measurement_of(result, kLibrary, 1), 1.25);
    const RequirementVerdict verdict = beside(result);
    CHECK(verdict.verdict == Verdict::pass);
    REQUIRE(verdict.figures["cases"].size() == 2);
    CHECK(verdict.figures["cases"][0]["ratio"].get<double>() == doctest::Approx(1));
    CHECK(verdict.figures["cases"][1]["ratio"].get<double>() == doctest::Approx(1.25));
    CHECK(verdict.figures["cases"][1]["library"] == "cublaslt");
    CHECK(verdict.figures["geometric_mean"].get<double>() == doctest::Approx(std::sqrt(1.25)));
  }

  TEST_CASE("a kernel slower than the library is named with its device and warned of first") {
    Result result = passing_result(small_profile(), "cuda", 2);
    slow_down(measurement_of(result, kNative, 1), 1.05);
    CHECK(beside(result).verdict == Verdict::warn);
    slow_down(measurement_of(result, kNative, 1), 1.1);
    const RequirementVerdict verdict = beside(result);
    CHECK(verdict.verdict == Verdict::fail);
    REQUIRE(verdict.subjects.size() == 1);
    CHECK(verdict.subjects[0].name.find("device 1") != std::string::npos);
    CHECK(verdict.reason.find("of cublaslt") != std::string::npos);
  }

  TEST_CASE("a kernel is compared with the library on the same product alone") {
    Result result = passing_result(small_profile(), "cuda", 2);
    Measurement native = measurement_of(result, kNative, 0);
    Measurement plain = measurement_of(result, kLibrary, 0), same = plain;
    same.id.implementation = "cublaslt_fast_alpha_beta";
    const std::vector<Measurement> both = {plain, same};
    CHECK(ratio_to_library(native, both)->library->id.implementation == "cublaslt");
    native.id.implementation = "sm90_alpha_beta";
    CHECK(ratio_to_library(native, both)->library->id.implementation == same.id.implementation);
    for (const char* other : {"sm90_a_by_columns", "sm90_b_by_columns", "sm90_ab_by_columns"}) {
      native.id.implementation = other;
      CHECK_FALSE(ratio_to_library(native, both));
    }
    CHECK(is_library("cublas_grouped"));
    native.id.implementation = "sm90_b_by_columns";
    same.id.implementation = "cublaslt_ab_by_columns";
    CHECK_FALSE(ratio_to_library(native, {plain, same}));
    same.id.implementation = "cublaslt_b_by_columns";
    CHECK(ratio_to_library(native, {plain, same}));
    native.id.implementation = "sm90_block_scaled";
    CHECK_FALSE(ratio_to_library(native, {plain, same}));
    same.id.implementation = "cublaslt_block_scaled";
    CHECK(ratio_to_library(native, {plain, same}));
  }

  TEST_CASE("a kernel or a library that was not measured is not evaluated") {
    for (const char* gone : {kNative, kLibrary}) {
      Result result = passing_result(small_profile(), "cuda", 2);
      Measurement& lost = measurement_of(result, gone, 1);
      lost.status = MeasurementStatus::error;
      lost.reason = "it broke";
      lost.samples.reset();
      CAPTURE(gone);
      CHECK(beside(result).verdict == Verdict::not_evaluated);
    }
    const Result result = passing_result(small_profile(), "cuda", 1);
    CHECK_THROWS_AS(beside(result, "sm80"), Error);  // the profile does not ask for it
    CHECK_THROWS_AS(judged(result, requirement("throughput_vs_library",
                                               {{"fail_below", 0.9}, {"warn_below", 0.9}})),
                    Error);
  }

  TEST_CASE("limits above 1 hold and those of a geometric mean look at no single shape") {
    Result result = passing_result(small_profile(), "cuda", 2);
    const auto judge = [&](double fail_below, const char* judged_by) {
      return judged(result, requirement("throughput_vs_library", {{"workload", "gemm"},
                                                                  {"implementation", "sm90"},
                                                                  {"judged", judged_by},
                                                                  {"fail_below", fail_below},
                                                                  {"warn_below", fail_below}}))
          .verdict;
    };
    CHECK(judge(1.05, "each") == Verdict::fail);
    slow_down(measurement_of(result, kLibrary, 0), 1.3);  // so ours is 1.3 there and 1 here
    CHECK(judge(1.05, "each") == Verdict::fail);
    CHECK(judge(1.05, "geometric_mean") == Verdict::pass);
    CHECK(judge(1.15, "geometric_mean") == Verdict::fail);
    CHECK(judge(std::sqrt(1.3) - 1e-9, "geometric_mean") == Verdict::pass);
    CHECK(judge(std::sqrt(1.3) + 1e-9, "geometric_mean") == Verdict::fail);
    CHECK_THROWS_AS(judge(1, "loosely"), Error);
    measurement_of(result, kLibrary, 0).status = MeasurementStatus::error;
    CHECK(judge(1.15, "geometric_mean") == Verdict::not_evaluated);
  }

  TEST_CASE("a geometric mean that is too low names the device with the lowest ratio") {
    const auto named = [](const std::vector<double>& ratios) {
      Result result = passing_result(small_profile(), "cuda", static_cast<int>(ratios.size()));
      for (std::size_t i = 0; i < ratios.size(); ++i)
        slow_down(measurement_of(result, kNative, static_cast<int>(i)), 1 / ratios[i]);
      const RequirementVerdict verdict =
          judged(result, requirement("throughput_vs_library", {{"workload", "gemm"},
                                                               {"implementation", "sm90"},
                                                               {"judged", "geometric_mean"},
                                                               {"fail_below", 0.5},
                                                               {"warn_below", 0.9}}));
      CHECK(verdict.verdict == Verdict::warn);
      CHECK(verdict.reason.ends_with("of cublaslt, under 0.9"));
      REQUIRE(verdict.subjects.size() == 1);
      return verdict.subjects[0].name.substr(0, std::string("node-a device 0").size());
    };
    CHECK(named({0.8, 0.7, 0.75}) == "node-a device 1");
    CHECK(named({0.75, 0.75, 0.8}) == "node-a device 0");  // of equals the first
    CHECK(named({0.8, 0.75, 0.75}) == "node-a device 1");
  }

  TEST_CASE("a kernel is judged beside another that the profile names") {
    const Result result = passing_result(small_profile(), "cuda", 1);
    const auto judge = [&](const char* peer, double fail_below) {
      return judged(result, requirement("throughput_vs_library", {{"workload", "gemm"},
                                                                  {"implementation", "cublaslt"},
                                                                  {"peer", peer},
                                                                  {"fail_below", fail_below},
                                                                  {"warn_below", fail_below}}))
          .verdict;
    };
    CHECK(judge("sm90", 0.9) == Verdict::pass);
    CHECK(judge("sm90", 1.1) == Verdict::fail);
    CHECK_THROWS_AS(judge("sm80", 0.9), Error);  // the profile does not ask for it
  }

  TEST_CASE("weights that are read far below the bandwidth of the same run are named") {
    Result result = passing_result(small_profile(), "cuda", 1);
    const auto judge = [&](double fail_below) {
      Profile profile = small_profile();
      profile.cases.push_back(
          {"memory_read", "cuda", {"f32"}, {"vectorized"}, {Shape::parse("bytes1073741824")}, {}});
      profile.requirements = {requirement(
          "weights_vs_read_bandwidth",
          {{"implementation", "sm90"}, {"fail_below", fail_below}, {"warn_below", fail_below}})};
      return judged(Evidence{{result}, &profile, {}}, "weights_vs_read_bandwidth");
    };
    CHECK(judge(0.1).reason_code == "missing");  // nothing was read
    const Measurement& native = measurement_of(result, kNative, 0);
    const double weights_per_s = 2 * 8192.0 * 8192.0 / native.samples->median_s;
    Measurement read = native;
    read.id = CaseId::parse("memory_read.f32.vectorized/bytes1073741824");
    read.metrics = {{"bytes_per_s", 2 * weights_per_s}};
    result.measurements.push_back(read);
    CHECK(judge(0.45).verdict == Verdict::pass);
    const RequirementVerdict verdict = judge(0.6);
    CHECK(verdict.verdict == Verdict::fail);
    CHECK(verdict.reason.find("50") != std::string::npos);
    CHECK(verdict.figures["cases"][0]["read_bandwidth_fraction"].get<double>() ==
          doctest::Approx(0.5));
    result.measurements.back().scope.members = {"another"};
    CHECK(judge(0.1).reason_code == "missing");
  }

  TEST_CASE("cuDNN is the library beside attention") {
    Result result = passing_result(small_profile(), "cuda", 1);
    Measurement native = measurement_of(result, kNative, 0), library = native;
    native.id.workload = library.id.workload = "attention_forward";
    library.id.implementation = "cudnn";
    slow_down(library, 1.1);
    const std::vector<Measurement> all = {native, library};
    const auto ratio = ratio_to_library(native, all);
    REQUIRE(ratio);
    CHECK(ratio->library->id.implementation == "cudnn");
    CHECK(ratio->value == doctest::Approx(1.1));
    CHECK_FALSE(ratio_to_library(library, all));
  }

  TEST_CASE("the fastest variant of the library counts and only that of the same group") {
    Result result = passing_result(small_profile(), "cuda", 1);
    Measurement fast = measurement_of(result, kLibrary, 0);
    fast.id.implementation = "cublaslt_fast";
    slow_down(fast, 0.5);
    result.measurements.push_back(fast);
    const Measurement native = measurement_of(result, kNative, 0);
    const auto ratio = ratio_to_library(native, result.measurements);
    REQUIRE(ratio);
    CHECK(ratio->library->id.implementation == "cublaslt_fast");
    CHECK(ratio->value == doctest::Approx(0.5));
    result.measurements.back().series = Series::hot;
    CHECK(ratio_to_library(native, result.measurements)->value == doctest::Approx(1));
    result.measurements.back().series = Series::cold;
    result.measurements.back().scope.members = {"another"};
    CHECK(ratio_to_library(native, result.measurements)->value == doctest::Approx(1));
    CHECK_FALSE(ratio_to_library(fast, result.measurements));
  }
}

}  // namespace assay::test
