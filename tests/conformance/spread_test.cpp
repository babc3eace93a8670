// Devices of one node against each other.
#include <doctest/doctest.h>

#include "tests/conformance/passing_result.h"

namespace assay::test {

namespace {

constexpr const char* kTriad = "memory_triad.f32.vectorized/bytes1073741824";

ProfileRequirement spread() { return requirement("spread_within_node"); }

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("of seven healthy devices and a slow eighth the eighth is named and no other") {
    for (int slow = 0; slow < 8; ++slow) {
      Result result = passing_result(small_profile(), "cuda", 8);
      slow_down(measurement_of(result, kTriad, slow), 1.06);
      const RequirementVerdict verdict = judged(result, spread());
      CHECK(verdict.verdict == Verdict::fail);
      REQUIRE(verdict.subjects.size() == 1);
      CHECK(verdict.subjects[0].name.find("device " + std::to_string(slow)) != std::string::npos);
    }
  }

  TEST_CASE("equal devices pass and a small lag is a warning") {
    Result result = passing_result(small_profile(), "cuda", 8);
    CHECK(judged(result, spread()).verdict == Verdict::pass);
    slow_down(measurement_of(result, kTriad, 6), 1.04);
    CHECK(judged(result, spread()).verdict == Verdict::warn);
  }

  TEST_CASE("a device fails where its whole interval is beyond the limit and is too noisy else") {
    for (const auto& [fastest, expected] :
         {std::pair(0.995, Verdict::fail), std::pair(0.985, Verdict::not_evaluated)}) {
      CAPTURE(fastest);
      Result result = passing_result(small_profile(), "cuda", 8);
      Measurement& slow = measurement_of(result, kTriad, 2);
      slow_down(slow, 1.06);  // 5.7 % below
      slow.samples->ci_low_s = fastest * slow.samples->median_s;
      const RequirementVerdict verdict = judged(result, spread());
      CHECK(verdict.verdict == expected);
      CHECK(verdict.action == (expected == Verdict::fail ? Action::drain : Action::quiet_machine));
      CHECK(verdict.subjects.size() == 1);
    }
    // Noise alone makes no device that is within the limits worse.
    Result noisy = passing_result(small_profile(), "cuda", 8);
    measurement_of(noisy, kTriad, 2).samples->ci_high_s *= 1.1;
    CHECK(judged(noisy, spread()).verdict == Verdict::pass);
  }

  TEST_CASE("of two devices the slower one is named") {
    Result result = passing_result(small_profile(), "cuda", 2);
    slow_down(measurement_of(result, kTriad, 0), 1.06);
    const RequirementVerdict verdict = judged(result, spread());
    CHECK(verdict.verdict == Verdict::fail);
    REQUIRE(verdict.subjects.size() == 1);
    CHECK(verdict.subjects[0].name.find("device 0") != std::string::npos);
  }

  TEST_CASE("one device alone or a peer without its measurement is not evaluated") {
    Result result = passing_result(small_profile(), "cuda", 1);
    CHECK(judged(result, spread()).reason_code == "missing");
    result = passing_result(small_profile(), "cuda", 8);
    measurement_of(result, kTriad, 3).status = MeasurementStatus::error;
    CHECK(judged(result, spread()).reason_code == "missing");
  }

  TEST_CASE("devices of two models are not each other's peers") {
    Result result = passing_result(small_profile(), "cuda", 4);
    for (const int older : {2, 3}) {
      result.nodes[0].devices[static_cast<std::size_t>(older)].name = "an older model";
      slow_down(measurement_of(result, kTriad, older), 2);
    }
    CHECK(judged(result, spread()).verdict == Verdict::pass);
    slow_down(measurement_of(result, kTriad, 3), 1.1);
    const RequirementVerdict verdict = judged(result, spread());
    CHECK(verdict.verdict == Verdict::fail);
    REQUIRE(verdict.subjects.size() == 1);
    CHECK(verdict.subjects[0].name.find("device 3") != std::string::npos);
  }

  TEST_CASE("the only device of its model is left out where others of the node have peers") {
    Result result = passing_result(small_profile(), "cuda", 3);
    result.nodes[0].devices[1].name = "another model";
    slow_down(measurement_of(result, kTriad, 1), 2);
    CHECK(judged(result, spread()).verdict == Verdict::pass);
    slow_down(measurement_of(result, kTriad, 2), 1.1);
    const RequirementVerdict slow = judged(result, spread());
    CHECK(slow.verdict == Verdict::fail);
    REQUIRE(slow.subjects.size() == 1);
    CHECK(slow.subjects[0].name.find("device 2") != std::string::npos);
    measurement_of(result, kTriad, 2).status = MeasurementStatus::error;
    CHECK(judged(result, spread()).reason_code == "missing");
    result = passing_result(small_profile(), "cuda", 2);
    result.nodes[0].devices[1].name = "another model";
    const RequirementVerdict none = judged(result, spread());
    CHECK(none.reason_code == "missing");
    CHECK(none.reason.find("nothing to compare") != std::string::npos);
    // Peers in another node are none.
    Profile profile = small_profile();
    profile.requirements = {spread()};
    Result other = passing_result(profile, "cuda", 2, "node-b");
    other.nodes[0].devices[1].name = "another model";
    const RequirementVerdict beside =
        judged(Evidence{{passing_result(profile, "cuda", 2), other}, &profile, {}}, spread().id);
    CHECK(beside.reason_code == "missing");
    CHECK(beside.reason.starts_with("node-b has "));
  }

  TEST_CASE("a device that was measured twice is not its own peer") {
    Result result = passing_result(small_profile(), "cuda", 2);
    measurement_of(result, kTriad, 1).scope.members =
        measurement_of(result, kTriad, 0).scope.members;
    const RequirementVerdict verdict = judged(result, spread());
    CHECK(verdict.reason_code == "missing");
    CHECK(verdict.reason.find("nothing to compare") != std::string::npos);
  }

  TEST_CASE("nodes are not each other's peers") {
    Profile profile = small_profile();
    profile.requirements = {spread()};
    Evidence evidence{{passing_result(profile, "cuda", 2, "node-a"),
                       passing_result(profile, "cuda", 2, "node-b")},
                      &profile,
                      {}};
    for (Measurement& one : evidence.results[1].measurements) slow_down(one, 2);
    CHECK(judged(evidence, spread().id).verdict == Verdict::pass);
  }
}

}  // namespace assay::test
