// Devices against the fleet: a whole family of cases decides, and how healthy devices differ.
#include <doctest/doctest.h>

#include <cmath>

#include "harness/conformance/standing.h"
#include "tests/conformance/passing_result.h"

namespace assay::test {

namespace {

constexpr const char* kGemms[] = {"gemm.bf16.cublaslt/m8192_n8192_k8192",
                                  "gemm.bf16.sm90/m8192_n8192_k8192"};

std::vector<Result> nodes(int count) {
  std::vector<Result> results;
  for (int node = 0; node < count; ++node)
    results.push_back(passing_result(small_profile(), "cuda", 8, "node-" + std::to_string(node)));
  return results;
}

void slow_gemms(Result& result, int device, double factor) {
  for (const char* id : kGemms) slow_down(measurement_of(result, id, device), factor);
}

/// What a row says of how devices differ: 0.6 % of its value.
Baseline with_spread() {
  Baseline baseline = passing_baseline();
  baseline.rows[0].mad = 0.006 / kSdOfMad * baseline.rows[0].value;
  return baseline;
}

RequirementVerdict against_fleet(std::vector<Result> results, std::vector<Baseline> baselines) {
  Profile profile = small_profile();
  profile.requirements = {requirement("slower_than_fleet")};
  return judged({std::move(results), &profile, std::move(baselines)}, "slower_than_fleet");
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a fleet that is judged without lists of figures has none of its devices") {
    Profile profile = small_profile();
    profile.requirements = {requirement("inventory_ecc")};
    for (const Judge::Lists lists : {Judge::Lists::kept, Judge::Lists::left_out}) {
      Judge judge(profile, {}, lists);
      judge.look(nodes(2));
      const RequirementVerdict verdict = judge.verdict().requirements.front();
      CHECK(verdict.verdict == Verdict::pass);
      CHECK(verdict.figures.contains("devices") == (lists == Judge::Lists::kept));
    }
  }

  TEST_CASE("a healthy fleet passes by every source of its spread") {
    CHECK(against_fleet(nodes(1), {}).verdict == Verdict::pass);
    CHECK(against_fleet(nodes(1), {with_spread()}).verdict == Verdict::pass);
    CHECK(against_fleet(nodes(5), {}).verdict == Verdict::pass);
  }

  TEST_CASE("a device that is slow in a family fails and is named with the family") {
    for (const int count : {1, 5}) {
      std::vector<Result> results = nodes(count);
      slow_gemms(results.back(), 3, 1 / 0.9);
      const RequirementVerdict verdict = against_fleet(results, {with_spread()});
      CHECK(verdict.verdict == Verdict::fail);
      REQUIRE(verdict.subjects.size() == 1);
      CHECK(verdict.subjects[0].name.find("device 3") != std::string::npos);
      CHECK(verdict.reason.find("10.0 % below its peers in compute (2 cases") != std::string::npos);
      const Json& entry = verdict.figures["devices"][0];
      const double below = entry["below_peers"].get<double>();
      CHECK(entry["below_peers_ci_low"].get<double>() <= below);
      CHECK(entry["below_peers_ci_high"].get<double>() >= below);
    }
  }

  TEST_CASE("a small loss that chance does not explain is a warning") {
    std::vector<Result> results = nodes(1);
    slow_gemms(results[0], 3, 1 / 0.96);
    CHECK(against_fleet(results, {with_spread()}).verdict == Verdict::warn);
    results = nodes(1);
    slow_gemms(results[0], 3, 1 / 0.985);
    CHECK(against_fleet(results, {with_spread()}).verdict == Verdict::pass);
  }

  TEST_CASE("a spread that nobody measured only warns") {
    std::vector<Result> results = nodes(1);
    slow_gemms(results[0], 3, 1.5);
    const RequirementVerdict verdict = against_fleet(results, {});
    CHECK(verdict.verdict == Verdict::warn);
    CHECK(verdict.reason.find("assumed") != std::string::npos);
  }

  TEST_CASE("a device that one case alone makes slow is not failed") {
    std::vector<Result> results = nodes(1);
    slow_down(measurement_of(results[0], kGemms[0], 3), 1.5);
    const RequirementVerdict verdict = against_fleet(results, {with_spread()});
    CHECK(verdict.verdict == Verdict::warn);
    CHECK(verdict.reason.find("one case alone") != std::string::npos);
  }

  TEST_CASE("a device whose samples straddle the limit is too noisy to judge") {
    std::vector<Result> results = nodes(1);
    slow_gemms(results[0], 3, 1 / 0.9);
    for (const char* id : kGemms) {
      Samples& samples = *measurement_of(results[0], id, 3).samples;
      samples.ci_low_s = 0.95 * samples.median_s;
      samples.ci_high_s = 1.05 * samples.median_s;
    }
    const RequirementVerdict verdict = against_fleet(results, {with_spread()});
    CHECK(verdict.reason_code == "too_noisy");
    const Json& entry = verdict.figures["devices"][0];
    CHECK(entry["below_peers_ci_low"].get<double>() < 0.08);
    CHECK(entry["below_peers_ci_high"].get<double>() > 0.08);
  }

  TEST_CASE("from 32 devices on a family's spread is their own and fewer are assumed one") {
    const auto spread_of = [](std::size_t devices) {
      std::vector<Standing> all;
      for (std::size_t i = 0; i < devices; ++i) {
        Standing& one = all.emplace_back();
        one.below = 0.01 * static_cast<double>(i);
        one.peers = 4;
      }
      for (std::size_t i = 0; i < 40; ++i) {
        Standing& other = all.emplace_back();
        other.family = Family::memory;
        other.below = 10;
        other.peers = 100;
      }
      return FleetNotes().spread_of(Family::compute, all);
    };
    const PeerSpread own = spread_of(33);
    CHECK(own.sd == doctest::Approx(1.4826 * 0.08));
    CHECK(own.freedom == doctest::Approx(0.37 * 32));  // of a median deviation
    CHECK(own.source == "the spread of 33 devices");
    CHECK_FALSE(own.only_warns);
    CHECK(spread_of(32).source == "the spread of 32 devices");
    const PeerSpread assumed = spread_of(31);
    CHECK(assumed.sd == doctest::Approx(0.015 * std::sqrt(1 + 1.5708 / 4)));
    CHECK(assumed.freedom == 0);
    CHECK(assumed.only_warns);
  }

  TEST_CASE("what differs in one thing alone is no peer and another case of its family") {
    struct Row {
      const char* what;
      void (*change)(ProfileCases&);  // of a second line of cases
      std::size_t cases;              // of the compute family
    };
    for (const Row& row :
         {Row{"nothing", [](ProfileCases& line) { line.shapes.clear(); }, 1},
          Row{"shape", [](ProfileCases& line) { line.shapes = {Shape::parse("m64_n64_k64")}; }, 2},
          Row{"series", [](ProfileCases& line) { line.series = {Series::hot}; }, 2},
          Row{"scope", [](ProfileCases& line) { line.scope = "node"; }, 2},
          Row{"dtype", [](ProfileCases& line) { line.dtypes = {"f32"}; }, 2},
          Row{"implementation", [](ProfileCases& line) { line.implementations = {"sm80"}; }, 2},
          Row{"workload", [](ProfileCases& line) { line.workload = "attention_forward"; }, 2},
          Row{"family", [](ProfileCases& line) { line.workload = "memory_copy"; }, 1}}) {
      CAPTURE(std::string(row.what));
      Profile profile = small_profile();
      profile.cases.resize(1);
      profile.cases[0].implementations = {"sm90"};
      ProfileCases second = profile.cases[0];
      row.change(second);
      if (!second.shapes.empty()) profile.cases.push_back(second);
      Evidence evidence{{passing_result(profile, "cuda", 3)}, &profile, {}};
      FleetNotes notes;
      for (const char* scope : {"device", "node"}) {
        CaseFilter filter;
        filter.scope = scope;
        notes.add(device_groups(evidence, filter), {});
      }
      std::size_t devices = 0;
      for (const Standing& one : notes.standings()) {
        CHECK(one.peers == 2);
        if (one.family != Family::compute) continue;
        ++devices;
        CHECK(one.cases == row.cases);
      }
      CHECK(devices == 3);
    }
  }

  TEST_CASE("devices of two models have their own models for peers") {
    Profile profile = small_profile();
    Evidence evidence{{passing_result(profile, "cuda", 5)}, &profile, {}};
    for (const std::size_t i : {1, 3}) evidence.results[0].nodes[0].devices[i].name = "Another GPU";
    FleetNotes notes;
    notes.add(device_groups(evidence, {}), {});
    const std::vector<Standing> all = notes.standings();
    CHECK(all.size() == 2 * 5);
    for (const Standing& one : all)
      CHECK(one.peers == (one.device.device->name == "Another GPU" ? 1 : 2));
  }

  TEST_CASE("one device has no peers") {
    const RequirementVerdict verdict =
        against_fleet({passing_result(small_profile(), "cuda", 1)}, {});
    CHECK(verdict.reason_code == "not_applicable");
  }

  TEST_CASE("chance is corrected for comparisons and for what the spread is known from") {
    CHECK(deviations_by_chance(0.05, 1, 0) == doctest::Approx(1.645).epsilon(0.001));
    CHECK(deviations_by_chance(0.05, 100, 0) == doctest::Approx(3.291).epsilon(0.001));
    CHECK(deviations_by_chance(0.05, 100, 10) > deviations_by_chance(0.05, 100, 0));
  }
}

}  // namespace assay::test
