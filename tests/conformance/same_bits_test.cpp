// One product on every device of every node: whose bits are different is named.
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

  TEST_CASE("the device with other bits is named among nodes of one device and of two") {
    for (const int devices : {1, 2}) {
      std::vector<Result> fleet = {node_of(devices, "node-a"), node_of(devices, "node-b"),
                                   node_of(devices, "node-c")};
      CHECK(bits(fleet).verdict == Verdict::pass);
      corrupt(fleet[1], devices - 1, "0f");
      const RequirementVerdict verdict = bits(fleet);
      CHECK(verdict.verdict == Verdict::fail);
      REQUIRE(verdict.subjects.size() == 1);
      CHECK(verdict.subjects[0].name.find("node-b") != std::string::npos);
    }
  }

  TEST_CASE("a whole node with other bits than two others is named") {
    std::vector<Result> fleet = {node_of(4, "node-a"), node_of(4, "node-b"), node_of(4, "node-c")};
    for (int device = 0; device < 4; ++device) corrupt(fleet[2], device, "0f");
    const RequirementVerdict verdict = bits(fleet);
    CHECK(verdict.verdict == Verdict::fail);
    CHECK(verdict.subjects.size() == 4);
    for (const Subject& subject : verdict.subjects)
      CHECK(subject.name.find("node-c") != std::string::npos);
  }

  TEST_CASE("a node with other bits does not outvote a smaller one and both are named") {
    std::vector<Result> pair = {node_of(8, "node-a"), node_of(3, "node-b")};
    for (int device = 0; device < 8; ++device) corrupt(pair[0], device, "0f");
    RequirementVerdict verdict = bits(pair);
    CHECK(verdict.verdict == Verdict::fail);
    REQUIRE(verdict.subjects.size() == 2);
    CHECK(verdict.subjects[0].name == "node-a");
    CHECK(verdict.subjects[1].name == "node-b");
    CHECK(verdict.reason.find("2 nodes disagree, 2 different results") != std::string::npos);
    corrupt(pair[1], 2, "0f");
    verdict = bits(pair);
    CHECK(verdict.subjects.size() == 3);
    CHECK(verdict.subjects[0].name.find("device 2") != std::string::npos);
  }

  TEST_CASE("two devices that disagree are told apart by another node") {
    std::vector<Result> pair = {node_of(2, "node-a"), node_of(1, "node-b")};
    corrupt(pair[0], 0, "0f");
    const RequirementVerdict verdict = bits(pair);
    REQUIRE(verdict.subjects.size() == 1);
    CHECK(verdict.subjects[0].name.find("device 0") != std::string::npos);
    CHECK(verdict.reason.find("than on 2 of its 2 peers") != std::string::npos);
  }

  TEST_CASE("other models and sizes and implementations are not compared") {
    Result result = node_of(4);
    result.nodes[0].devices[2].multiprocessors = result.nodes[0].devices[3].multiprocessors = 114;
    corrupt(result, 2, "0f");
    corrupt(result, 3, "0f");
    measurement_of(result, "gemm.bf16.sm90/m8192_n8192_k8192", 1).verification->checksum = "aa";
    const RequirementVerdict verdict = bits({result});
    CHECK_MESSAGE(verdict.verdict == Verdict::pass, verdict.reason);
  }

  TEST_CASE("nodes under other software or with other inputs are not compared") {
    const auto passes_with = [](const auto& change) {
      Result other = node_of(2, "node-b");
      corrupt(other, 0, "0e");
      corrupt(other, 1, "0e");
      change(other);
      return bits({node_of(2), other}).verdict == Verdict::pass;
    };
    CHECK_FALSE(passes_with([](Result&) {}));
    CHECK(passes_with([](Result& other) { other.software["assay"] = "0.0.1"; }));
    CHECK(passes_with([](Result& other) { other.software["driver"] = "535.0"; }));
    CHECK(passes_with([](Result& other) {
      measurement_of(other, kCase, 0).input_seed += 1;
      measurement_of(other, kCase, 1).input_seed += 1;
    }));
    CHECK(passes_with([](Result& other) {
      for (DeviceFacts& device : other.nodes[0].devices) device.name = "another";
    }));
  }

  TEST_CASE("a device without a peer is no reason to fail and what cannot be compared is") {
    const RequirementVerdict alone = bits({node_of(1)});
    CHECK(alone.verdict == Verdict::not_evaluated);
    CHECK(alone.reason_code == "not_applicable");
    Result odd = node_of(1, "node-b");
    odd.nodes[0].devices[0].name = "another";
    const RequirementVerdict beside = bits({node_of(2), odd});
    CHECK(beside.verdict == Verdict::pass);
    CHECK(beside.figures["without_peer"] == 1);
    Result silent = node_of(1);
    measurement_of(silent, kCase, 0).verification->checksum.reset();
    CHECK(bits({silent}).reason_code == "missing");
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
