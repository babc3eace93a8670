// One product on every device of a node: whose bits are different is named.
#include <doctest/doctest.h>

#include "tests/conformance/passing_result.h"

namespace assay::test {

namespace {

constexpr const char* kCase = "gemm.bf16.sm90_sdc/m8192_n8192_k8192";
constexpr const char* kRight = "00000000000000010000000000000002";

Profile sdc_profile() {
  Profile profile = small_profile();
  profile.cases = {
      {"gemm", "cuda", {"bf16"}, {"sm90", "sm90_sdc"}, {Shape::parse("m8192_n8192_k8192")}, {}}};
  profile.requirements = {requirement("same_bits_across_devices")};
  return profile;
}

Result node_of(int devices, const std::string& node = "node-a") {
  Result result = passing_result(sdc_profile(), "cuda", devices, node);
  for (DeviceFacts& device : result.nodes[0].devices) device.multiprocessors = 132;
  for (Measurement& one : result.measurements) one.verification->checksum = kRight;
  return result;
}

void corrupt(Result& result, int device, const std::string& checksum) {
  measurement_of(result, kCase, device).verification->checksum = checksum;
}

RequirementVerdict bits(const std::vector<Result>& results) {
  const Profile profile = sdc_profile();
  return judged(Evidence{results, &profile, {}}, "same_bits_across_devices");
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("devices with the same bits pass on the functional axis") {
    CHECK(bits({node_of(8)}).verdict == Verdict::pass);
    CHECK(bits({node_of(2)}).axis == Axis::functional);
  }

  TEST_CASE("of three devices or more the one with other bits is named and no other") {
    for (const int devices : {3, 8}) {
      for (int odd = 0; odd < devices; ++odd) {
        Result result = node_of(devices);
        corrupt(result, odd, "0f");
        const RequirementVerdict verdict = bits({result});
        CHECK(verdict.verdict == Verdict::fail);
        CHECK(verdict.reason_code == "other_bits");
        REQUIRE(verdict.subjects.size() == 1);
        CHECK(verdict.subjects[0].name.find("device " + std::to_string(odd)) != std::string::npos);
      }
    }
  }

  TEST_CASE("of two devices that disagree both are named") {
    Result result = node_of(2);
    corrupt(result, 1, "0f");
    const RequirementVerdict verdict = bits({result});
    CHECK(verdict.verdict == Verdict::fail);
    CHECK(verdict.subjects.size() == 2);
    CHECK(verdict.reason.find("disagree") != std::string::npos);
  }

  TEST_CASE("where no result has a majority all are named") {
    Result result = node_of(4);
    corrupt(result, 1, "0f");
    corrupt(result, 2, "0f");
    CHECK(bits({result}).subjects.size() == 4);
  }

  TEST_CASE("other models and sizes and nodes and implementations are not compared") {
    Result result = node_of(4);
    result.nodes[0].devices[2].multiprocessors = result.nodes[0].devices[3].multiprocessors = 114;
    corrupt(result, 2, "0f");
    corrupt(result, 3, "0f");
    measurement_of(result, "gemm.bf16.sm90/m8192_n8192_k8192", 1).verification->checksum = "aa";
    Result other = node_of(2, "node-b");
    corrupt(other, 0, "0e");
    corrupt(other, 1, "0e");
    const RequirementVerdict verdict = bits({result, other});
    CHECK_MESSAGE(verdict.verdict == Verdict::pass, verdict.reason);
  }

  TEST_CASE("nothing to compare with and nothing to compare by is not evaluated") {
    CHECK(bits({node_of(1)}).reason_code == "missing");
    Result result = node_of(3);
    result.nodes[0].devices[1].multiprocessors.reset();
    CHECK(bits({result}).reason_code == "missing");
    result = node_of(3);
    measurement_of(result, kCase, 1).verification->checksum.reset();
    CHECK(bits({result}).reason_code == "missing");
    result = node_of(3);
    Measurement& lost = measurement_of(result, kCase, 1);
    lost.status = MeasurementStatus::error;
    lost.reason = "it broke";
    const RequirementVerdict verdict = bits({result});
    CHECK(verdict.verdict == Verdict::not_evaluated);
    REQUIRE(verdict.subjects.size() == 1);
    CHECK(verdict.subjects[0].name.find("device 1") != std::string::npos);
  }
}

}  // namespace assay::test
