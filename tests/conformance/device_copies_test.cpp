// Copies of a node of four: whatever is slow is named, and nothing missing is a pass.
#include <doctest/doctest.h>

#include <algorithm>

#include "harness/core/error.h"
#include "harness/core/workload.h"
#include "tests/conformance/passing_result.h"

namespace assay::test {

namespace {

using Members = std::vector<std::string>;

std::string gpu(int index) { return "GPU-node-a-" + std::to_string(index); }

/// Four GPUs under the profile `copies`, as `assay run` leaves them.
Result four_gpus(const Profile& profile) { return passing_result(profile, "cuda", 4); }

Measurement& of(Result& result, const std::string& workload, const Members& members) {
  for (Measurement& one : result.measurements)
    if (one.id.workload == workload && one.scope.members == members) return one;
  throw Error("the document has no such copies");
}

RequirementVerdict verdict_on(const Result& result, const Profile& profile, const char* id) {
  return judged(Evidence{{result}, &profile, {}}, id);
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("four sound devices pass the profile of copies") {
    const Profile profile = load_profile("copies");
    const VerdictDocument verdict = judge({{four_gpus(profile)}, &profile, {}});
    for (const RequirementVerdict& one : verdict.requirements) {
      CAPTURE(one.id);
      CAPTURE(one.reason);
      CHECK(one.verdict == Verdict::pass);
    }
    CHECK(verdict.verdict == Verdict::pass);
  }

  TEST_CASE("a pair that is slow one way is named with its direction and no other") {
    const Profile profile = load_profile("copies");
    Result result = four_gpus(profile);
    slow_down(of(result, "device_to_device", {gpu(2), gpu(1)}), 2);
    const RequirementVerdict verdict = verdict_on(result, profile, "device_copies");
    CHECK(verdict.verdict == Verdict::fail);
    REQUIRE(verdict.subjects.size() == 1);
    CHECK(verdict.subjects[0].kind == "link");
    CHECK(verdict.subjects[0].name ==
          "node-a from device 2, PCI 0000:2a:00.0 to device 1, PCI 0000:1a:00.0");
    CHECK(verdict_on(result, profile, "device_copies_at_once").verdict == Verdict::pass);
    CHECK(verdict_on(result, profile, "host_copies").verdict == Verdict::pass);
  }

  TEST_CASE("pairs that are slow only while others copy are named together") {
    const Profile profile = load_profile("copies");
    Result result = four_gpus(profile);
    slow_down(of(result, "device_to_device", {gpu(0), gpu(2), gpu(1), gpu(3)}), 4);
    CHECK(verdict_on(result, profile, "device_copies").verdict == Verdict::pass);
    const RequirementVerdict verdict = verdict_on(result, profile, "device_copies_at_once");
    CHECK(verdict.verdict == Verdict::fail);
    REQUIRE(verdict.subjects.size() == 1);
    CHECK(verdict.subjects[0].name == "node-a devices 0 > 2, 1 > 3 at once");
  }

  TEST_CASE("a slow direction between a device and the host is named alone and at once") {
    const Profile profile = load_profile("copies");
    for (const char* workload : {"host_to_device", "device_to_host"}) {
      CAPTURE(workload);
      Result result = four_gpus(profile);
      slow_down(of(result, workload, {gpu(3)}), 4);
      RequirementVerdict verdict = verdict_on(result, profile, "host_copies");
      CHECK(verdict.verdict == Verdict::fail);
      REQUIRE(verdict.subjects.size() == 1);
      CHECK(verdict.subjects[0].name.find("device 3") != std::string::npos);
      CHECK(verdict.reason.find(workload) != std::string::npos);
      CHECK(verdict_on(result, profile, "host_copies_at_once").verdict == Verdict::pass);

      slow_down(of(result, workload, {gpu(1), gpu(0), gpu(2), gpu(3)}), 4);
      verdict = verdict_on(result, profile, "host_copies_at_once");
      CHECK(verdict.verdict == Verdict::fail);
      REQUIRE(verdict.subjects.size() == 1);
      CHECK(verdict.subjects[0].name.find("device 1") != std::string::npos);
    }
  }

  TEST_CASE("copies of an unknown link or a wrong answer are not evaluated and their pair named") {
    const Profile profile = load_profile("copies");
    Result unknown = four_gpus(profile);
    of(unknown, "device_to_device", {gpu(0), gpu(3)}).speed_of_light_fraction.reset();
    RequirementVerdict verdict = verdict_on(unknown, profile, "device_copies");
    CHECK(verdict.verdict == Verdict::not_evaluated);
    CHECK(verdict.reason_code == "missing");
    REQUIRE(verdict.subjects.size() == 1);
    CHECK(verdict.subjects[0].name.find("from device 0") != std::string::npos);

    Result wrong = four_gpus(profile);
    Measurement& one = of(wrong, "device_to_device", {gpu(0), gpu(3)});
    one.status = MeasurementStatus::failed_verification;
    one.reason = "word 3 is wrong";
    verdict = verdict_on(wrong, profile, "device_copies");
    CHECK(verdict.verdict == Verdict::not_evaluated);
    CHECK(verdict.reason_code == "failed_verification");
  }

  TEST_CASE("the samples of copies are held to what those of devices are where they are asked of") {
    Profile profile = load_profile("copies");
    const auto stable = [&](const Result& result, const Json& parameters) {
      profile.requirements = {requirement("stable_samples", parameters)};
      return verdict_on(result, profile, "stable_samples");
    };
    const Json between = {{"workload", "device_to_device"}};
    const Json to_host = {{"workload", "device_to_host"}};
    Result noisy = four_gpus(profile);
    const std::size_t all = noisy.measurements.size();
    CHECK(stable(noisy, Json::object()).figures["series"] == all + 6);  // a round has two pairs
    CHECK(stable(noisy, between).figures["series"] == 12 + 6 * 2);
    CHECK(stable(noisy, to_host).figures["series"] == 2 * 4);
    of(noisy, "device_to_device", {gpu(0), gpu(3)}).samples->ci_high_s *= 1.1;
    for (const Json& parameters : {Json::object(), between}) {
      const RequirementVerdict verdict = stable(noisy, parameters);
      CHECK(verdict.reason_code == "too_noisy");
      REQUIRE(verdict.subjects.size() == 1);
      CHECK(verdict.subjects[0].kind == "link");
    }
    CHECK(stable(noisy, to_host).verdict == Verdict::pass);
  }

  TEST_CASE("a pair that is there twice is noticed") {
    const Profile profile = load_profile("copies");
    Result result = four_gpus(profile);
    result.measurements.push_back(of(result, "device_to_device", {gpu(0), gpu(3)}));
    CHECK(verdict_on(result, profile, "complete_run").reason_code == "excluded");
  }

  TEST_CASE("the parameter of device copies is alone or at_once and nothing else") {
    Profile profile = load_profile("copies");
    profile.requirements = {
        requirement("device_copies_vs_speed_of_light",
                    {{"copies", "twice"}, {"fail_below", 0.5}, {"warn_below", 0.6}}, Level::must)};
    CHECK_THROWS_AS(judge({{four_gpus(profile)}, &profile, {}}), Error);
  }
}

TEST_SUITE("property") {
  TEST_CASE("the profile of copies never passes without any one of its measurements") {
    const Profile profile = load_profile("copies");
    const Result whole = four_gpus(profile);
    CHECK(whole.measurements.size() == 2 * 2 * 4 + 12 + 6);
    CHECK(dispensable_measurements({{whole}, &profile, {}}) == std::vector<std::string>{});
  }
}

}  // namespace assay::test
