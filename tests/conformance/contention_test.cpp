// Others that used the machine: said at the latest where it is judged.
#include <doctest/doctest.h>

#include "harness/core/discard_reason.h"
#include "tests/conformance/passing_result.h"

namespace assay::test {

namespace {

constexpr const char* kJudgedGemm = "gemm.bf16.cublaslt/m8192_n8192_k8192";

Result two_devices() { return passing_result(small_profile(), "cuda", 2); }

/// A series of 100 samples of which so many were discarded.
void discard(Measurement& measurement, std::int64_t discarded, const char* reason) {
  measurement.samples->count = 100 - discarded;
  measurement.samples->discarded = discarded;
  measurement.samples->discard_reasons = {{reason, discarded}};
}

RequirementVerdict contention(const Result& result, Json parameters = Json::object()) {
  return judged(result, requirement("contention", std::move(parameters)));
}

const RequirementVerdict* added(const VerdictDocument& document) {
  for (const RequirementVerdict& one : document.requirements)
    if (one.id == "contention") return &one;
  return nullptr;
}

VerdictDocument judged_whole(const Result& result, const std::vector<ProfileRequirement>& asked) {
  Profile profile = small_profile();
  profile.requirements = asked;
  return judge(Evidence{{result}, &profile, {}});
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a machine of its own passes on the validity axis") {
    CHECK(contention(two_devices()).verdict == Verdict::pass);
    CHECK(contention(two_devices()).axis == Axis::validity);
  }

  TEST_CASE("a case that lost a twentieth of its samples to others warns and half of them fail") {
    for (const char* reason : discard_reason::kContention) {
      CAPTURE(reason);
      const struct {
        std::int64_t discarded;
        Verdict verdict;
      } table[] = {
          {5, Verdict::pass}, {6, Verdict::warn}, {50, Verdict::warn}, {51, Verdict::fail}};
      for (const auto& row : table) {
        CAPTURE(row.discarded);
        Result result = two_devices();
        discard(measurement_of(result, kJudgedGemm, 1), row.discarded, reason);
        const RequirementVerdict verdict = contention(result);
        CHECK(verdict.verdict == row.verdict);
        if (row.verdict == Verdict::pass) continue;
        CHECK(verdict.reason_code == "contended");
        CHECK(verdict.action == Action::quiet_machine);
        CHECK(verdict.reason.find(reason) != std::string::npos);
        CHECK(verdict.reason.find(kJudgedGemm) != std::string::npos);
        CHECK(verdict.subjects.size() == 1);
      }
    }
  }

  TEST_CASE("the limits are the profile's to choose") {
    Result result = two_devices();
    discard(measurement_of(result, kJudgedGemm, 0), 20, discard_reason::kCpuWait);
    CHECK(contention(result, {{"warn_above", 0.2}}).verdict == Verdict::pass);
    CHECK(contention(result, {{"warn_above", 0.1}, {"fail_above", 0.19}}).verdict == Verdict::fail);
  }

  TEST_CASE("samples that heat discarded are not others' doing") {
    Result result = two_devices();
    discard(measurement_of(result, kJudgedGemm, 0), 60, "hw_thermal_slowdown");
    CHECK(contention(result).verdict == Verdict::pass);
    CHECK(judged(result, requirement("stable_samples")).reason_code == "throttled");
    measurement_of(result, kJudgedGemm, 0).samples->discard_reasons = {{"hw_thermal_slowdown", 20},
                                                                       {"cpu_contention", 40}};
    CHECK(judged(result, requirement("stable_samples")).reason_code == "contended");
    CHECK(contention(result).verdict == Verdict::warn);
  }

  TEST_CASE("discards are others' doing where more than half of them are") {
    struct Row {
      std::int64_t of_others;  // of 64 in 100
      const char* code;
    };
    for (const Row& row : {Row{0, "throttled"}, Row{31, "throttled"}, Row{32, "throttled"},
                           Row{33, "contended"}, Row{64, "contended"}}) {
      CAPTURE(row.of_others);
      Result result = two_devices();
      Measurement& one = measurement_of(result, kJudgedGemm, 1);
      discard(one, 64, discard_reason::kCpuContention);
      one.samples->discard_reasons = {{discard_reason::kCpuContention, row.of_others},
                                      {"hw_thermal_slowdown", 64 - row.of_others}};
      const RequirementVerdict verdict = judged(result, requirement("stable_samples"));
      CHECK(verdict.reason_code == row.code);
      CHECK(verdict.reason.find("64 % of the samples") != std::string::npos);
    }
  }

  TEST_CASE("a series that was discarded whole is named though its samples are shown") {
    Result result = two_devices();
    Measurement& one = measurement_of(result, kJudgedGemm, 0);
    one.samples->discarded = one.samples->count;
    one.samples->discard_reasons = {{discard_reason::kForeignProcess, one.samples->count}};
    one.telemetry["discarded_fraction"] = 1.0;
    CHECK(contention(result).verdict == Verdict::fail);
  }

  TEST_CASE("a share of the processors that was recorded and discarded nothing warns") {
    for (const char* key : {"cpu_other_fraction", "cpu_steal_fraction"}) {
      Result result = two_devices();
      measurement_of(result, kJudgedGemm, 0).telemetry[key] = 0.05;
      CHECK(contention(result).verdict == Verdict::pass);
      measurement_of(result, kJudgedGemm, 0).telemetry[key] = 0.06;
      CHECK(contention(result).verdict == Verdict::warn);
    }
  }

  TEST_CASE("contention is judged where it was seen though no profile asks for it") {
    Result result = two_devices();
    const std::vector<ProfileRequirement> others = {requirement("verified_results")};
    CHECK(added(judged_whole(result, others)) == nullptr);
    discard(measurement_of(result, kJudgedGemm, 0), 90, discard_reason::kCpuContention);
    const VerdictDocument document = judged_whole(result, others);
    REQUIRE(added(document) != nullptr);
    CHECK(added(document)->level == Level::should);
    CHECK(document.verdict == Verdict::warn);
    const VerdictDocument asked =
        judged_whole(result, {requirement("contention"), requirement("verified_results")});
    CHECK(asked.verdict == Verdict::fail);  // as a must
  }
}

}  // namespace assay::test
