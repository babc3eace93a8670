// A fleet that is judged while it is read: the verdict of all documents at once, kept in less.
#include <doctest/doctest.h>

#include <algorithm>
#include <iterator>

#include "harness/conformance/reduced.h"
#include "harness/conformance/requirement.h"
#include "harness/conformance/telemetry.h"
#include "harness/core/profile.h"
#include "harness/simulate/model.h"

namespace assay {

namespace {

constexpr int kNodes = 5;

/// Something of every kind that requirements find, and nodes of two sizes.
std::vector<Result> faulty_fleet(const Profile& profile) {
  SimulationModel model;
  model.gpu = gpu_model_named("h200-sxm");
  for (const char* spec : {"compute:0/1:0.2", "memory:1/0:0.1", "wrong:2/1", "bits:3/2",
                           "noise:4/0:30", "ecc:1/1", "links:3/0:0.3"})
    model.faults.push_back(fault_from_spec(spec));
  std::vector<Result> fleet;
  for (int node = 0; node < kNodes; ++node) {
    model.devices = node == 2 ? 2 : 4;
    fleet.push_back(simulated_node(model, profile, node));
  }
  std::vector<Measurement>& some = fleet[4].measurements;
  some.erase(some.begin() + 7);
  for (Measurement& one : fleet[1].measurements)
    if (one.samples) one.samples->discard_reasons["contended"] = one.samples->discarded = 9;
  fleet[3].status = RunStatus::interrupted;
  fleet[0].run.filter = "gemm";
  return fleet;
}

Json whole_verdict(const Profile& profile, const std::vector<Result>& fleet) {
  return to_json(judge({fleet, &profile, builtin_baselines()}));
}

/// As documents are read for judging.
Result without_other_telemetry(Result result) {
  for (Measurement& one : result.measurements) {
    Json kept = Json::object();
    for (const std::string_view name : kJudgedTelemetry)
      if (const auto found = one.telemetry.find(std::string(name)); found != one.telemetry.end())
        kept[std::string(name)] = *found;
    one.telemetry = kept;
  }
  return result;
}

/// With `pieces` documents at a time.
Json verdict_as_read(const Profile& profile, const std::vector<Result>& fleet, std::size_t pieces,
                     Judge::Lists lists = Judge::Lists::kept) {
  Judge judge(profile, builtin_baselines(), lists);
  REQUIRE(judge.looks_at_some());
  for (std::size_t at = 0; at < fleet.size(); at += pieces) {
    const auto begin = fleet.begin() + static_cast<std::ptrdiff_t>(at);
    const auto count = static_cast<std::ptrdiff_t>(std::min(pieces, fleet.size() - at));
    std::vector<Result> some;
    std::transform(begin, begin + count, std::back_inserter(some), without_other_telemetry);
    judge.look(std::move(some));
  }
  return to_json(judge.verdict());
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a verdict does not depend on how many documents are looked at together") {
    for (const char* name : {"training", "inference", "copies", "burn"}) {
      CAPTURE(name);
      const Profile profile = load_profile(name);
      const std::vector<Result> fleet = faulty_fleet(profile);
      const Json whole = whole_verdict(profile, fleet);
      CHECK(whole["verdict"] == "fail");
      for (const std::size_t pieces : {1, 2, kNodes}) {
        CAPTURE(pieces);
        const Json as_read = verdict_as_read(profile, fleet, pieces);
        REQUIRE(as_read["requirements"].size() == whole["requirements"].size());
        for (std::size_t i = 0; i < whole["requirements"].size(); ++i)
          CHECK(as_read["requirements"][i].dump() == whole["requirements"][i].dump());
        CHECK(as_read.dump() == whole.dump());
      }
    }
  }

  TEST_CASE("a verdict without lists of figures says the same") {
    for (const char* name : {"training", "inference", "copies", "burn"}) {
      CAPTURE(name);
      const Profile profile = load_profile(name);
      Json whole = whole_verdict(profile, faulty_fleet(profile));
      Json bare = verdict_as_read(profile, faulty_fleet(profile), 2, Judge::Lists::left_out);
      REQUIRE(whole["requirements"].size() == bare["requirements"].size());
      std::size_t left_out = 0;
      for (std::size_t i = 0; i < bare["requirements"].size(); ++i) {
        Json &all = whole["requirements"][i]["figures"], &some = bare["requirements"][i]["figures"];
        for (const auto& [key, figure] : all.items()) {
          if (figure.is_array() && !some.contains(key)) ++left_out;
          if (!figure.is_array()) CHECK(some[key] == figure);
        }
        all = some = Json::object();
      }
      CHECK(left_out >= 3);
      CHECK(bare.dump() == whole.dump());
    }
  }

  TEST_CASE("what an unfit document or profile is refused for is told after all documents") {
    Profile profile = load_profile("training");
    const std::vector<Result> fleet = faulty_fleet(profile);
    std::vector<Result> twice = fleet;
    twice.push_back(fleet.front());
    CHECK_THROWS_WITH(verdict_as_read(profile, twice, 2),
                      doctest::Contains("a copy is not another node"));
    profile.requirements.front().kind = "nothing";
    Judge judge(profile, {});
    judge.look(fleet);
    CHECK_THROWS_WITH(judge.verdict(), doctest::Contains("unknown kind 'nothing'"));
  }

  TEST_CASE("conditions on the whole fleet or on what was measured need all documents at once") {
    Profile profile = load_profile("training");
    const auto with = [&](const char* condition, const Json& value) {
      Profile other = profile;
      for (ProfileRequirement& asked : other.requirements)
        if (asked.id == "same_bits") asked.applies_when = {{condition, value}};
      return Judge(other, {}).looks_at_some();
    };
    CHECK(with("min_devices", 2));
    CHECK(!with("min_nodes", 2));
    CHECK(!with("measured", "gemm"));
    profile.cases.front().implementations.clear();
    CHECK(!with("min_devices", 2));
  }

  TEST_CASE("a document that refers to others of its run is not judged alone") {
    const Profile profile = load_profile("training");
    Result result = faulty_fleet(profile).front();
    CHECK(is_alone(result));
    result.run.world_size = 2;
    CHECK(!is_alone(result));
    result.run.world_size = 1;
    result.nodes.clear();
    CHECK(!is_alone(result));
  }

  TEST_CASE("a reduced document keeps its nodes where they are and what spans ranks") {
    const Profile profile = load_profile("training");
    Result result = faulty_fleet(profile).front();
    const DeviceFacts* device = &result.nodes.front().devices.front();
    const std::size_t before = result.measurements.size();
    const Result reduced = take_reduced(result);
    CHECK(device == &reduced.nodes.front().devices.front());
    CHECK(reduced.measurements.size() * 5 < before);
    CHECK(!reduced.measurements.empty());
    for (const Measurement& one : reduced.measurements) {
      CHECK(one.id.shape.has("ranks"));
      CHECK(one.samples->values_s.empty());
    }
    CHECK(result.measurements.size() == before);  // memory for the next document
  }
}

}  // namespace assay
