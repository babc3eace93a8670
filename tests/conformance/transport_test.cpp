// What moved the data is held to what should have, however fast it was.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/conformance/passing_result.h"

namespace assay::test {

namespace {

constexpr const char* kAllReduce = "all_reduce.f32.nccl/bytes1048576_ranks16";

Measurement moved_over(const std::string& kind, const std::string& level,
                       std::vector<std::string> members) {
  Measurement one;
  one.id = CaseId::parse(kAllReduce);
  one.group = one.id.group();
  one.status = MeasurementStatus::measured;
  one.scope = {level, std::move(members)};
  one.started = "2026-11-23T10:00:00Z";
  one.metrics["bus_bandwidth_bytes_per_s"] = 1e15;  // faster than anything: it must not matter
  one.transport = Transport{"ring", "simple", kind, 16, {}, {}};
  return one;
}

/// Two nodes: an all-reduce in each and one over both.
Result fabric(const std::string& inside, const std::string& across) {
  Result result = passing_result(small_profile(), "cuda", 2, "node-a");
  const Result other = passing_result(small_profile(), "cuda", 2, "node-b");
  result.nodes.push_back(other.nodes.front());
  result.measurements.insert(result.measurements.end(), other.measurements.begin(),
                             other.measurements.end());
  result.measurements.push_back(moved_over(inside, "node", {"node-a"}));
  result.measurements.push_back(moved_over(inside, "node", {"node-b"}));
  result.measurements.push_back(moved_over(across, "cluster", {"node-a", "node-b"}));
  return result;
}

ProfileRequirement expecting(const Json& kinds, const Json& scope = Json::array()) {
  Json parameters = {{"workload", "all_reduce"}, {"expected", kinds}};
  if (!scope.empty()) parameters["scope"] = scope;
  return requirement("transport_as_expected", parameters);
}

const Json kInfiniBand = {"nvlink", "nvls", "ib_gdr"};

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("the transports that are expected pass on the validity axis") {
    const RequirementVerdict verdict =
        judged(fabric("nvls", "ib_gdr+nvlink"), expecting(kInfiniBand));
    CHECK(verdict.verdict == Verdict::pass);
    CHECK(verdict.axis == Axis::validity);
    CHECK(verdict.figures["cases"].size() == 3);
  }

  TEST_CASE("sockets instead of InfiniBand fail however fast and name the fabric") {
    Result result = fabric("nvls", "nvlink+socket");
    result.measurements.back().transport->nics = {"eth0"};
    const RequirementVerdict verdict = judged(result, expecting(kInfiniBand));
    CHECK(verdict.verdict == Verdict::fail);
    CHECK(verdict.reason_code == "wrong_transport");
    CHECK(verdict.reason == std::string(kAllReduce) +
                                " went over nvlink+socket (eth0), expected nvlink or nvls or "
                                "ib_gdr");
    REQUIRE(verdict.subjects.size() == 1);
    CHECK(verdict.subjects[0].kind == "fabric");
    CHECK(verdict.subjects[0].name == "cluster of node-a, node-b");
  }

  TEST_CASE("PCIe instead of NVLink on one node names that node alone") {
    Result result = fabric("nvlink", "ib_gdr+nvlink");
    result.measurements.rbegin()[1].transport->kind = "pcie";
    const RequirementVerdict verdict = judged(result, expecting(kInfiniBand));
    CHECK(verdict.reason_code == "wrong_transport");
    REQUIRE(verdict.subjects.size() == 1);
    CHECK(verdict.subjects[0].kind == "node");
    CHECK(verdict.subjects[0].name == "node-b");
  }

  TEST_CASE("the one node whose data went another way is named and no other") {
    Result result = fabric("nvls", "ib_gdr+nvlink+socket");
    result.measurements.back().transport->members = {{"node-a/device0", "ib_gdr+nvlink"},
                                                     {"node-b/device0", "nvlink+socket"},
                                                     {"node-b/device1", "nvlink+socket"}};
    const RequirementVerdict verdict = judged(result, expecting(kInfiniBand));
    CHECK(verdict.reason_code == "wrong_transport");
    REQUIRE(verdict.subjects.size() == 1);
    CHECK(verdict.subjects[0].kind == "node");
    CHECK(verdict.subjects[0].name == "node-b");
    CHECK(verdict.reason.find("went over nvlink+socket, expected") != std::string::npos);
  }

  TEST_CASE("members that tell nothing of what went wrong leave it to the transport as a whole") {
    Result result = fabric("nvls", "nvlink+socket");
    result.measurements.back().transport->members = {{"node-a", "ib_gdr"}, {"node-b", "ib_gdr"}};
    const RequirementVerdict verdict = judged(result, expecting(kInfiniBand));
    CHECK(verdict.reason_code == "wrong_transport");
    REQUIRE(verdict.subjects.size() == 1);
    CHECK(verdict.subjects[0].kind == "fabric");
  }

  TEST_CASE("GPU direct that is off and what is not known are wrong where more is expected") {
    CHECK(judged(fabric("nvls", "ib+nvlink"), expecting(kInfiniBand)).reason_code ==
          "wrong_transport");
    const RequirementVerdict unknown = judged(fabric("nvls", "unknown"), expecting(kInfiniBand));
    CHECK(unknown.verdict == Verdict::fail);
    CHECK(unknown.reason_code == "wrong_transport");
  }

  TEST_CASE("a scope picks the measurements that are held to it") {
    const Result result = fabric("pcie", "ib_gdr+nvlink");
    CHECK(judged(result, expecting(kInfiniBand)).verdict == Verdict::fail);
    CHECK(judged(result, expecting(kInfiniBand, {"cluster"})).verdict == Verdict::pass);
    CHECK(judged(result, expecting(kInfiniBand, {"rack"})).reason_code == "missing");
  }

  TEST_CASE("a transport or a measurement that is missing is never a pass") {
    Result result = fabric("nvls", "ib_gdr");
    result.measurements.back().transport.reset();
    CHECK(judged(result, expecting(kInfiniBand)).reason_code == "missing");
    result = fabric("nvls", "ib_gdr");
    for (Measurement& one : result.measurements) {
      if (one.id.workload == "all_reduce") one.status = MeasurementStatus::error;
    }
    const RequirementVerdict verdict = judged(result, expecting(kInfiniBand));
    CHECK(verdict.verdict == Verdict::not_evaluated);
    CHECK(verdict.reason_code == "missing");
  }

  TEST_CASE("a baseline says what to expect where the profile does not") {
    Profile profile = small_profile();
    profile.requirements = {requirement("transport_as_expected", {{"workload", "all_reduce"}})};
    Baseline baseline = passing_baseline();
    BaselineRow row = baseline.rows.front();
    row.case_id = "all_reduce.f32.nccl/bytes8589934592_ranks8";
    row.scope_level = "cluster";
    row.versions = {{"transport", "ib_gdr+nvlink"}};
    baseline.rows = {row};
    const auto with = [&](const std::string& across) {
      Result result = fabric("nvls", across);
      std::erase_if(result.measurements,
                    [](const Measurement& one) { return one.scope.level == "node"; });
      return judged({{result}, &profile, {baseline}}, "transport_as_expected");
    };
    CHECK(with("ib_gdr+nvlink").verdict == Verdict::pass);
    CHECK(with("nvlink+socket").reason_code == "wrong_transport");
    baseline.rows.front().versions = Json::object();
    CHECK(with("ib_gdr+nvlink").reason_code == "no_baseline");
  }
}

TEST_SUITE("golden") {
  TEST_CASE("the table says over what the data went and over what it should have") {
    Profile profile = small_profile();
    profile.requirements = {expecting(kInfiniBand)};
    Result result = fabric("nvls", "nvlink+socket");
    result.measurements.back().transport->nics = {"eth0", "eth1"};
    const std::string text = to_text(judge({{result}, &profile, {}}), false);
    const auto path =
        std::filesystem::path(ASSAY_SOURCE_DIR) / "tests/conformance/golden/wrong_transport.txt";
    if (std::getenv("ASSAY_UPDATE_GOLDEN") != nullptr) std::ofstream(path) << text;
    std::ifstream file(path);
    std::ostringstream expected;
    expected << file.rdbuf();
    CHECK(text == expected.str());
  }
}

}  // namespace assay::test
