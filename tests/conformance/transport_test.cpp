// What moved the data is held to what should have, however fast it was.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "harness/core/transport_words.h"
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
  one.transport = Transport{"ring", "simple", kind, 16, {}, {}, {}, {}};
  return one;
}

/// With the collective that the rules are about.
Profile ring_profile() {
  Profile profile = small_profile();
  profile.cases.push_back(
      {"all_reduce", "cuda", {"f32"}, {"nccl"}, {Shape::parse("bytes1048576")}, {Series::hot}});
  return profile;
}

RequirementVerdict judged_transport(const Result& result, const ProfileRequirement& asked) {
  Profile profile = ring_profile();
  profile.requirements = {asked};
  return judged(Evidence{{result}, &profile, {passing_baseline()}}, asked.id);
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
        judged_transport(fabric("nvls", "ib_gdr+nvlink"), expecting(kInfiniBand));
    CHECK(verdict.verdict == Verdict::pass);
    CHECK(verdict.axis == Axis::validity);
    CHECK(verdict.figures["cases"].size() == 3);
  }

  TEST_CASE("how the library moved the data is a figure") {
    Result result = fabric("nvls", "ib_gdr+nvlink");
    Transport& transport = *result.measurements.back().transport;
    transport.algorithm = "ring";
    transport.protocol = "simple";
    transport.channels = 16;
    const Json figures = judged_transport(result, expecting(kInfiniBand)).figures;
    const Json& last = figures["cases"].back();
    CHECK(last["algorithm"] == "ring");
    CHECK(last["protocol"] == "simple");
    CHECK(last["channels"] == 16);
  }

  TEST_CASE("sockets instead of InfiniBand fail however fast and name the fabric") {
    Result result = fabric("nvls", "nvlink+socket");
    result.measurements.back().transport->nics = {"eth0"};
    const RequirementVerdict verdict = judged_transport(result, expecting(kInfiniBand));
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
    const RequirementVerdict verdict = judged_transport(result, expecting(kInfiniBand));
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
    const RequirementVerdict verdict = judged_transport(result, expecting(kInfiniBand));
    CHECK(verdict.reason_code == "wrong_transport");
    REQUIRE(verdict.subjects.size() == 1);
    CHECK(verdict.subjects[0].kind == "node");
    CHECK(verdict.subjects[0].name == "node-b");
    CHECK(verdict.reason.find("went over nvlink+socket, expected") != std::string::npos);
  }

  TEST_CASE("members that tell nothing of what went wrong leave it to the transport as a whole") {
    Result result = fabric("nvls", "nvlink+socket");
    result.measurements.back().transport->members = {{"node-a", "ib_gdr"}, {"node-b", "ib_gdr"}};
    const RequirementVerdict verdict = judged_transport(result, expecting(kInfiniBand));
    CHECK(verdict.reason_code == "wrong_transport");
    REQUIRE(verdict.subjects.size() == 1);
    CHECK(verdict.subjects[0].kind == "fabric");
  }

  TEST_CASE("GPU direct that is off and what is not known are wrong where more is expected") {
    CHECK(judged_transport(fabric("nvls", "ib+nvlink"), expecting(kInfiniBand)).reason_code ==
          "wrong_transport");
    const RequirementVerdict unknown =
        judged_transport(fabric("nvls", "unknown"), expecting(kInfiniBand));
    CHECK(unknown.verdict == Verdict::fail);
    CHECK(unknown.reason_code == "wrong_transport");
  }

  TEST_CASE("a scope picks the measurements that are held to it") {
    const Result result = fabric("pcie", "ib_gdr+nvlink");
    CHECK(judged_transport(result, expecting(kInfiniBand)).verdict == Verdict::fail);
    CHECK(judged_transport(result, expecting(kInfiniBand, {"cluster"})).verdict == Verdict::pass);
    CHECK(judged_transport(result, expecting(kInfiniBand, {"rack"})).reason_code == "missing");
  }

  TEST_CASE("a rule about links between nodes looks at links between nodes alone") {
    const std::vector<std::pair<const char*, Verdict>> kinds = {
        {"ib_gdr", Verdict::pass},        {"ib_gdr+shm", Verdict::pass},
        {"ib_gdr+pcie", Verdict::pass},   {"c2c+ib_gdr+nvlink", Verdict::pass},
        {"nvlink", Verdict::pass},        {"nvlink+nvls", Verdict::pass},
        {"ib+nvlink", Verdict::fail},     {"ib_gdr+socket", Verdict::fail},
        {"nvlink+socket", Verdict::fail}, {"shm", Verdict::fail},
        {"libfabric_gdr", Verdict::fail}, {"pcie+warp_gdr", Verdict::fail},
        {"unknown", Verdict::fail}};
    for (const auto& [kind, expected] : kinds) {
      CAPTURE(kind);
      const Result result = fabric("nvls", kind);
      CHECK(judged_transport(result, expecting(kInfiniBand, {"cluster"})).verdict == expected);
      CHECK(judged_transport(result, expecting(kInfiniBand, {"rack", "cluster"})).verdict ==
            expected);
    }
    // A rule about all scopes, or about a node too, looks at all links.
    const Result by_pcie = fabric("nvls", "ib_gdr+pcie");
    CHECK(judged_transport(by_pcie, expecting(kInfiniBand)).reason_code == "wrong_transport");
    CHECK(judged_transport(by_pcie, expecting(kInfiniBand, {"node", "cluster"})).reason_code ==
          "wrong_transport");
    CHECK(judged_transport(fabric("nvlink+shm", "ib_gdr"), expecting(kInfiniBand, {"node"}))
              .reason_code == "wrong_transport");
  }

  TEST_CASE("a node whose links between nodes are right is not named for those inside") {
    Result result = fabric("nvls", "ib_gdr+nvlink+pcie+socket");
    result.measurements.back().transport->members = {{"node-a", "ib_gdr+pcie"},
                                                     {"node-b", "nvlink+socket"}};
    const RequirementVerdict verdict =
        judged_transport(result, expecting(kInfiniBand, {"cluster"}));
    REQUIRE(verdict.subjects.size() == 1);
    CHECK(verdict.subjects[0].name == "node-b");
  }

  TEST_CASE("a search that fell back fails and what the library warned of is a warning") {
    Result result = fabric("nvls", "ib_gdr+nvlink");
    result.measurements.rbegin()[1].transport->degraded = "bw 0.1, type SYS/SYS";
    RequirementVerdict verdict = judged_transport(result, expecting(kInfiniBand));
    CHECK(verdict.verdict == Verdict::fail);
    CHECK(verdict.reason_code == "transport_degraded");
    CHECK(verdict.reason.find("bw 0.1, type SYS/SYS") != std::string::npos);
    REQUIRE(verdict.subjects.size() == 1);
    CHECK(verdict.subjects[0].name == "node-b");
    CHECK(verdict.action == Action::check_fabric);
    result = fabric("nvls", "ib_gdr+nvlink");
    result.measurements.back().transport->warnings = {"P2P is disabled between GPUs 0 and 1"};
    verdict = judged_transport(result, expecting(kInfiniBand));
    CHECK(verdict.verdict == Verdict::warn);
    CHECK(verdict.reason_code == "transport_warning");
    CHECK(verdict.reason.find("P2P is disabled between GPUs 0 and 1") != std::string::npos);
    CHECK(verdict.action == Action::check_fabric);
    // The words do not hide what is worse.
    result.measurements.back().transport->kind = "nvlink+socket";
    CHECK(judged_transport(result, expecting(kInfiniBand)).reason_code == "wrong_transport");
    result.measurements.back().transport->kind = "unknown";
    verdict = judged_transport(result, expecting(kInfiniBand));
    CHECK(verdict.reason_code == "wrong_transport");
    CHECK(verdict.reason.find("unknown (P2P is disabled") != std::string::npos);
  }

  TEST_CASE("the profiles expect words that the reports are made of and every good one") {
    int rules = 0;
    for (const std::string& name : builtin_profile_names()) {
      const Profile profile = load_profile(name);
      for (const ProfileRequirement& asked : profile.requirements) {
        if (asked.kind != "transport_as_expected") continue;
        CAPTURE(name);
        CAPTURE(asked.id);
        ++rules;
        const auto expected = asked.parameters.at("expected").get<std::set<std::string>>();
        const auto scopes = asked.parameters.at("scope").get<std::set<std::string>>();
        const bool is_between_nodes = !scopes.contains("node");
        // What a node or fabric for training is bought with.
        std::set<std::string> good = {"nvlink", "nvls"};
        if (is_between_nodes) {
          for (const TransportWord& word : kTransportWords) {
            if (word.word.ends_with("_gdr")) good.insert(std::string(word.word));
          }
        }
        CHECK(expected == good);
      }
    }
    CHECK(rules == 6);
  }

  TEST_CASE("a rule about a size takes that size with any number of ranks and no other") {
    const auto asking = [](const std::string& shape) {
      return requirement("transport_as_expected", {{"workload", "all_reduce"},
                                                   {"shapes", shape},
                                                   {"scope", {"cluster"}},
                                                   {"expected", kInfiniBand}});
    };
    const Result result = fabric("nvls", "socket");
    CHECK(judged_transport(result, asking("bytes1048576")).reason_code == "wrong_transport");
    CHECK(judged_transport(result, asking("bytes1048576_ranks16")).reason_code ==
          "wrong_transport");
    for (const char* other : {"bytes1", "bytes104857", "bytes10485760", "bytes1048576_ranks1",
                              "bytes1048576_ranks160"}) {
      CAPTURE(other);
      CHECK(judged_transport(result, asking(other)).reason_code == "missing");
    }
  }

  TEST_CASE("a kind is expected as a document has it") {
    const Result result = fabric("nvls", "ib_gdr+nvlink");
    CHECK(judged_transport(result, expecting({"ib_gdr+nvlink", "nvls"})).verdict == Verdict::pass);
    CHECK(judged_transport(result, expecting({"roce_gdr+nvlink", "nvls"})).reason_code ==
          "wrong_transport");
  }

  TEST_CASE("a transport or a measurement that is missing is never a pass") {
    Result result = fabric("nvls", "ib_gdr");
    result.measurements.back().transport.reset();
    CHECK(judged_transport(result, expecting(kInfiniBand)).reason_code == "missing");
    result = fabric("nvls", "ib_gdr");
    for (Measurement& one : result.measurements) {
      if (one.id.workload == "all_reduce") one.status = MeasurementStatus::error;
    }
    const RequirementVerdict verdict = judged_transport(result, expecting(kInfiniBand));
    CHECK(verdict.verdict == Verdict::not_evaluated);
    CHECK(verdict.reason_code == "missing");
  }

  TEST_CASE("a baseline says what to expect where the profile does not") {
    Profile profile = ring_profile();
    profile.requirements = {requirement("transport_as_expected", {{"workload", "all_reduce"}})};
    Baseline baseline = passing_baseline();
    BaselineRow row = baseline.rows.front();
    row.id = CaseId::parse("all_reduce.f32.nccl/bytes8589934592_ranks8");
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
    Result without_devices = fabric("nvls", "nvlink+socket");
    for (NodeFacts& node : without_devices.nodes) node.devices.clear();
    CHECK(judged({{without_devices}, &profile, {baseline}}, "transport_as_expected").reason_code ==
          "no_baseline");
    baseline.rows.front().versions = Json::object();
    CHECK(with("ib_gdr+nvlink").reason_code == "no_baseline");
  }
}

TEST_SUITE("golden") {
  TEST_CASE("the table says over what the data went and over what it should have") {
    Profile profile = ring_profile();
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
