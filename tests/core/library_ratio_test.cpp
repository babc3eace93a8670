// Which measurement of a group is the library's beside a native one.
#include "harness/core/library_ratio.h"

#include <doctest/doctest.h>

#include <functional>
#include <string>

namespace assay {

namespace {

Measurement taking(double seconds, const std::string& implementation) {
  Measurement one;
  one.id = CaseId::parse("gemm.bf16." + implementation + "/m8_n8_k8");
  one.scope = {"device", {"u"}};
  one.status = MeasurementStatus::measured;
  one.samples.emplace().median_s = seconds;
  return one;
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("the fastest library that was measured beside the native one counts alone") {
    struct Row {
      std::string what;
      std::function<void(Measurement&)> change;
      bool counts;
    };
    const Row table[] = {
        {"nothing", [](Measurement&) {}, true},
        {"no samples", [](Measurement& one) { one.samples.reset(); }, false},
        {"samples of a wrong answer",
         [](Measurement& one) { one.status = MeasurementStatus::failed_verification; }, false},
        {"a slower time", [](Measurement& one) { one.samples->median_s = 5; }, false},
        {"a native kernel", [](Measurement& one) { one.id.implementation = "sm90"; }, false},
        {"another product", [](Measurement& one) { one.id.implementation = "cublaslt_alpha_beta"; },
         false},
        {"another series", [](Measurement& one) { one.series = Series::hot; }, false},
        {"another device", [](Measurement& one) { one.scope.members = {"v"}; }, false},
        {"another scope", [](Measurement& one) { one.scope.level = "node"; }, false},
        {"another workload", [](Measurement& one) { one.id.workload = "memory_read"; }, false},
        {"another dtype", [](Measurement& one) { one.id.dtype = "f16"; }, false},
        {"another shape", [](Measurement& one) { one.id.shape = Shape::parse("m8_n8_k9"); },
         false}};
    const Measurement native = taking(2, "sm90"), slow = taking(4, "cublaslt");
    for (const Row& row : table) {
      CAPTURE(row.what);
      Measurement fast = taking(1, "cublaslt");
      row.change(fast);
      for (const bool is_first : {false, true}) {
        const std::vector<Measurement> group =
            is_first ? std::vector{fast, native, slow} : std::vector{slow, native, fast};
        const auto ratio = ratio_to_library(native, group);
        REQUIRE(ratio);
        CHECK(ratio->value == (row.counts ? 0.5 : 2.0));
        CHECK(ratio->library->id.implementation == "cublaslt");
      }
    }
  }

  TEST_CASE("there is no ratio without a time on either side") {
    const Measurement native = taking(2, "sm90"), library = taking(1, "cublaslt");
    CHECK(ratio_to_library(native, std::vector{native}) == std::nullopt);
    CHECK(ratio_to_library(library, std::vector{native, library}) == std::nullopt);
    for (const double seconds : {0.0, -1.0}) {
      Measurement untimed = native;
      untimed.samples->median_s = seconds;
      CHECK(ratio_to_library(untimed, std::vector{library}) == std::nullopt);
    }
    Measurement unmeasured = native;
    unmeasured.samples.reset();
    CHECK(ratio_to_library(unmeasured, std::vector{library}) == std::nullopt);
    CHECK(ratio_to_peer(native, "cublaslt", {&library})->value == 0.5);
  }
}

}  // namespace assay
