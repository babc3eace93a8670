// What is compared, what is not and why, what it costs, and what the document holds.
#include <doctest/doctest.h>

#include <cmath>

#include "harness/core/document.h"
#include "tests/compare/compared_runs.h"
#include "tests/core/refusal.h"

namespace assay::compare {

namespace {

constexpr int kPasses = 8;

NamedResult run_of(double time_s, unsigned seed) {
  std::mt19937_64 random(seed);
  return simulated_run(random, time_s, kPasses, Noise());
}

Comparison compared(const NamedResult& a, const NamedResult& b, const Options& options = {}) {
  return compare({"a", {a}, {}}, {"b", {b}, {}}, options);
}

/// The one case of two runs of which B was changed.
template <class Change>
ComparedCase after(const Change& change, const Options& options = {}) {
  NamedResult b = run_of(1e-3, 2);
  change(b);
  const Comparison comparison = compared(run_of(1e-3, 1), b, options);
  REQUIRE(comparison.cases.size() == 1);
  return comparison.cases.front();
}

void check_refused(const ComparedCase& one, const std::string& code, const std::string& part) {
  CHECK(one.verdict == ComparisonVerdict::not_comparable);
  CHECK(one.reason_code == code);
  CAPTURE(one.reason);
  CHECK(one.reason.find(part) != std::string::npos);
  CHECK_FALSE(one.ratio);
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("equal runs are the same and a slower one is worse by its ratio") {
    const ComparedCase same = after([](NamedResult&) {});
    CHECK(same.verdict == ComparisonVerdict::same);
    const Comparison slower = compared(run_of(1e-3, 1), run_of(1.1e-3, 2));
    const ComparedCase& worse = slower.cases.at(0);
    CHECK(worse.verdict == ComparisonVerdict::worse);
    CHECK(*worse.ratio == doctest::Approx(1.1).epsilon(0.01));
    CHECK(*worse.ci_low < *worse.ratio);
    CHECK(*worse.ratio < *worse.ci_high);
    CHECK(*worse.b_s / *worse.a_s == doctest::Approx(*worse.ratio));
    CHECK(worse.a_passes == kPasses);
    CHECK(compared(run_of(1.1e-3, 1), run_of(1e-3, 2)).cases.at(0).verdict ==
          ComparisonVerdict::better);
  }

  TEST_CASE("a side is marked with what is to be known of its documents") {
    NamedResult b = run_of(1e-3, 2);
    b.file = "b.json";
    b.result.status = RunStatus::interrupted;
    b.result.run.filter = "gemm";
    const Comparison comparison = compared(run_of(1e-3, 1), b);
    std::vector<std::string> a, of_b;
    for (const Mark& mark : comparison.a.marks) a.push_back(mark.code);
    for (const Mark& mark : comparison.b.marks) of_b.push_back(mark.code);
    CHECK(a == std::vector<std::string>{"host"});
    CHECK(of_b == std::vector<std::string>{"host", "incomplete", "filtered"});
    CHECK(comparison.b.marks[1].sentence ==
          "b.json is interrupted: it holds what was measured until then.");
    const Json json = to_json(comparison);
    validate(json, DocumentKind::comparison, "comparison");
    CHECK(json["b"]["marks"].size() == 3);
  }

  TEST_CASE("a document twice on one side is refused and on both sides said to be") {
    NamedResult run = run_of(1e-3, 1), copy = run;
    run.file = "x.json";
    copy.file = "y.json";
    const auto refusal = [&] {
      return test::refusal([&] {
        compare({"runs", {run, copy}, {}}, {"b", {run_of(1e-3, 2)}, {}}, {});
      });
    };
    const std::string both = "runs: x.json and y.json are both what one process of run ";
    CHECK(refusal().starts_with(both));
    const auto marks = [&] {
      const Comparison comparison =
          compare({"a", {run}, {}}, {"b", {run_of(1e-3, 2), copy}, {}}, {});
      validate(to_json(comparison), DocumentKind::comparison, "comparison");
      CHECK(comparison.a.marks.size() == 1);
      return comparison.b.marks;
    };
    REQUIRE(marks().size() == 2);
    CHECK(marks()[1].code == "shared");
    CHECK(marks()[1].sentence == "1 of its 2 documents is A's, too: nothing of it can differ.");

    copy.result.measurements.front().samples->median_s *= 1.1;
    CHECK(refusal().starts_with(both));
    REQUIRE(marks().size() == 2);
    CHECK(marks()[1].code == "shared");
    CHECK(marks()[1].sentence.starts_with("1 of its 2 documents is what a process of A's runs"));

    copy.result.run.rank = 1;
    CHECK(refusal().empty());
    CHECK(marks().size() == 1);
  }

  TEST_CASE("devices of one name but of another model are no device of both sides") {
    NamedResult other = run_of(1e-3, 2);
    const auto members = [&] { return compared(run_of(1e-3, 1), other).cases.at(0).scope.members; };
    CHECK(members().size() == 1);
    other.result.nodes.front().devices.front().name = "another model";
    CHECK(members().empty());
  }

  TEST_CASE("a margin makes a small difference the same") {
    Options options;
    options.margin = 0.2;
    const Comparison comparison = compared(run_of(1e-3, 1), run_of(1.1e-3, 2), options);
    CHECK(comparison.cases.at(0).verdict == ComparisonVerdict::same);
    CHECK(comparison.margin == 0.2);
  }

  TEST_CASE("a comparison is the same every time and so is its document") {
    const Comparison once = compared(run_of(1e-3, 1), run_of(1.1e-3, 2));
    const Json json = to_json(once);
    validate(json, DocumentKind::comparison, "comparison");
    CHECK(json == to_json(compared(run_of(1e-3, 1), run_of(1.1e-3, 2))));
  }

  TEST_CASE("other inputs and versions and nodes are not comparable and say why") {
    check_refused(after([](NamedResult& b) { only(b).input_pattern = "zeros"; }), "inputs",
                  "normal in A and zeros in B");
    check_refused(after([](NamedResult& b) { b.result.software["assay"] = "1.0.0"; }), "versions",
                  "0.9.0 in A and 1.0.0 in B (--across assay");
    check_refused(after([](NamedResult& b) {
                    only(b).scope.members = {"n1/device0", "n2/device0"};
                  }),
                  "nodes", "number of nodes: 1 in A and 2 in B");
    check_refused(after([](NamedResult& b) { b.result.run.backend = "cuda"; }), "simulated",
                  "real in A and simulated in B");
  }

  TEST_CASE("a version that is what is compared does not stop it") {
    Options options;
    options.across = {"assay"};
    const ComparedCase one =
        after([](NamedResult& b) { b.result.software["assay"] = "1.0.0"; }, options);
    CHECK(one.verdict == ComparisonVerdict::same);
    // The kernel is part of what is compared.
    CHECK(after([](NamedResult& b) { b.result.software["kernel"] = "other"; }).verdict ==
          ComparisonVerdict::same);
  }

  TEST_CASE("what was not measured or is on one side only is not comparable") {
    check_refused(after([](NamedResult& b) {
                    only(b).status = MeasurementStatus::failed_verification;
                    only(b).samples.reset();
                    only(b).reason = "element 3 is wrong";
                  }),
                  "not_measured", "B: failed_verification: element 3 is wrong");
    NamedResult other = run_of(1e-3, 2);
    only(other).id = CaseId::parse("gemm.f32.blocked/m1024_n512_k512");
    const Comparison comparison = compared(run_of(1e-3, 1), other);
    REQUIRE(comparison.cases.size() == 2);
    check_refused(comparison.cases[0], "missing", "only A measured it");
    check_refused(comparison.cases[1], "missing", "only B measured it");
    CHECK(comparison.means.empty());
  }

  TEST_CASE("a series that others disturbed is not comparable") {
    check_refused(after([](NamedResult& b) {
                    only(b).samples->discarded = only(b).samples->count / 4;
                    only(b).samples->discard_reasons = {{"others", only(b).samples->discarded}};
                  }),
                  "contention", "B: 20 % of the samples were discarded (others)");
    check_refused(after([](NamedResult& b) {
                    b.result.nodes[0].devices[0].other_processes = {{7, "miner"}};
                  }),
                  "contention", "B: 1 other process used Example CPU");
  }

  TEST_CASE("runs that differ too much are noise and neither better nor worse") {
    std::mt19937_64 random(3);
    const Noise wild{0, 0.2, 0.01};
    const ComparedCase one =
        compared(simulated_run(random, 1e-3, 4, wild), simulated_run(random, 1.3e-3, 4, wild))
            .cases.at(0);
    check_refused(one, "noise", "runs differ too much");
  }

  TEST_CASE("an interval partly within the margin is unclear") {
    std::mt19937_64 random(3);
    const Noise some{0, 0.01, 0.01};
    const ComparedCase one =
        compared(simulated_run(random, 1e-3, 8, some), simulated_run(random, 1.015e-3, 8, some))
            .cases.at(0);
    CHECK(one.verdict == ComparisonVerdict::unclear);
    CHECK(one.reason_code == "wide_interval");
  }

  TEST_CASE("one pass on a side is said of that side with its profile and what to do") {
    std::mt19937_64 random(7);
    NamedResult once = simulated_run(random, 1e-3, 1, Noise());
    once.result.run.profile_name = "burn";
    const NamedResult often = simulated_run(random, 1e-3, 3, Noise());
    const auto reason = [](const NamedResult& a, const NamedResult& b) {
      const ComparedCase one = compared(a, b).cases.at(0);
      CHECK(one.reason_code == "too_few_passes");
      return one.reason;
    };
    const std::string of_b = reason(often, once), of_both = reason(once, once);
    CHECK(of_b.starts_with("one pass in B: a run of profile burn measures this once"));
    CHECK(of_b.ends_with("give B several runs, as a folder of their documents"));
    CHECK(of_both.starts_with("one pass in A and B: "));
    CHECK(of_both.find("give each side several runs") != std::string::npos);
  }

  TEST_CASE("reported figures have a ratio without an interval") {
    const auto reported = [](NamedResult run) {
      Measurement& one = only(run);
      one.status = MeasurementStatus::reported;
      one.metrics["time_s"] = one.samples->median_s;
      one.samples.reset();
      one.verification.reset();
      run.result.imported.emplace();
      run.result.imported->tool = "google-benchmark";
      return run;
    };
    const ComparedCase one =
        compared(reported(run_of(1e-3, 1)), reported(run_of(2e-3, 2))).cases.at(0);
    CHECK(one.verdict == ComparisonVerdict::unclear);
    CHECK(one.reason_code == "no_interval");
    CHECK(*one.ratio == doctest::Approx(2).epsilon(0.05));
    CHECK_FALSE(one.ci_low);
    const auto copied = [&](double rate, unsigned seed) {
      NamedResult run = reported(run_of(1e-3, seed));
      only(run).metrics = {{"bytes_per_s", rate}};
      return run;
    };
    const ComparedCase rates = compared(copied(25.13e9, 1), copied(20.1e9, 2)).cases.at(0);
    CHECK(*rates.ratio == doctest::Approx(25.13 / 20.1));
    CHECK(rates.reason ==
          "another tool reported it, without samples: 25.13 GB/s in A and 20.10 GB/s in B");
    check_refused(compared(run_of(1e-3, 1), reported(run_of(1e-3, 2))).cases.at(0), "inputs",
                  "assay in A and google-benchmark in B");
  }

  TEST_CASE("devices are compared one by one where both sides have the same and together else") {
    const auto with_devices = [](unsigned seed, const std::string& second, double time_s) {
      NamedResult run = run_of(1e-3, seed);
      run.result.measurements.push_back(only(run));
      NamedResult other = run_of(time_s, seed + 100);
      run.result.measurements[1] = only(other);
      run.result.measurements[1].scope.members = {second};
      return run;
    };
    const Comparison each = compared(with_devices(1, "d2", 1e-3), with_devices(2, "d2", 1.2e-3));
    REQUIRE(each.cases.size() == 2);
    CHECK(each.cases[0].scope.members == std::vector<std::string>{"d2"});
    CHECK(each.cases[0].verdict == ComparisonVerdict::worse);
    CHECK(each.cases[1].verdict == ComparisonVerdict::same);
    const Comparison all = compared(with_devices(1, "d2", 1e-3), with_devices(2, "d3", 1.21e-3));
    REQUIRE(all.cases.size() == 1);
    CHECK(all.cases[0].scope.members.empty());
    CHECK(*all.cases[0].ratio == doctest::Approx(1.1).epsilon(0.01));
  }

  TEST_CASE("copies between devices of two machines are compared by how many copy at once") {
    const auto machine = [](unsigned seed, const std::string& name, double pair_s, double all_s) {
      NamedResult run = run_of(pair_s, seed);
      const Measurement of_pair = only(run);
      NamedResult at_once = run_of(all_s, seed + 100);
      const auto add = [&](Measurement one, const std::vector<int>& members) {
        one.id = CaseId::parse("device_to_device.f32.copy_engine/bytes1024");
        one.scope = {"node", {}};
        for (const int member : members) one.scope.members.push_back(name + std::to_string(member));
        run.result.measurements.push_back(one);
      };
      run.result.measurements.clear();
      for (int from = 0; from < 4; ++from)
        for (int to = 0; to < 4; ++to)
          if (from != to) add(of_pair, {from, to});
      add(only(at_once), {0, 1, 2, 3});
      add(only(at_once), {1, 0, 3, 2});
      return run;
    };
    const Comparison two = compared(machine(1, "a", 1e-3, 2e-3), machine(2, "b", 1.1e-3, 2e-3));
    REQUIRE(two.cases.size() == 2);
    CHECK(two.cases[0].devices == 2);
    CHECK(two.cases[0].verdict == ComparisonVerdict::worse);
    CHECK(*two.cases[0].ratio == doctest::Approx(1.1).epsilon(0.01));
    CHECK(two.cases[1].devices == 4);
    CHECK(two.cases[1].verdict == ComparisonVerdict::same);
    CHECK(to_json(two)["cases"][1]["devices"] == 4);
    validate(to_json(two), DocumentKind::comparison, "comparison");
    const Comparison same = compared(machine(1, "a", 1e-3, 2e-3), machine(2, "a", 1e-3, 2e-3));
    REQUIRE(same.cases.size() == 14);
    CHECK_FALSE(same.cases.front().devices);
  }

  TEST_CASE("the cost of the same work follows from time and prices") {
    SideInput a{"a", {run_of(1e-3, 1)}, 2.0}, b{"b", {run_of(1.1e-3, 2)}, 3.0};
    const Comparison comparison = compare(a, b, {});
    const ComparedCase& one = comparison.cases.at(0);
    REQUIRE(one.cost);
    CHECK(one.cost->unit == "1e15 FLOP");
    CHECK(one.cost->ratio == doctest::Approx(1.65).epsilon(0.01));
    // 1e15 FLOP at 2 * 512^3 FLOP in a millisecond, at 2 an hour.
    CHECK(one.cost->a == doctest::Approx(1e15 / (2.0 * 512 * 512 * 512) * *one.a_s * 2 / 3600));
    CHECK(*comparison.means.at(0).cost_ratio == doctest::Approx(one.cost->ratio));
    CHECK_FALSE(compare(a, {"b", b.documents, {}}, {}).cases.at(0).cost);
    const double of_one = one.cost->a;
    for (SideInput* side : {&a, &b}) {
      Measurement& at_once = side->documents.front().result.measurements.front();
      at_once.scope = {"node", {"host-n1", "other", "third"}};
    }
    CHECK(compare(a, b, {}).cases.at(0).cost->a == doctest::Approx(of_one));
  }

  TEST_CASE("a memory workload that computes is sold by its bytes") {
    SideInput a{"a", {run_of(1e-3, 1)}, 2.0}, b{"b", {run_of(1e-3, 2)}, 3.0};
    for (SideInput* side : {&a, &b}) {
      Measurement& triad = only(side->documents.front());
      triad.id = CaseId::parse("memory_triad.f32.stream/bytes1000000");
      triad.metrics["bytes_per_s"] = 3e6 / triad.samples->median_s;
    }
    const ComparedCase one = compare(a, b, {}).cases.at(0);
    REQUIRE(one.cost);
    CHECK(one.cost->unit == "1e12 B");
    CHECK(one.cost->a == doctest::Approx(1e12 / 3e6 * *one.a_s * 2 / 3600));
  }

  TEST_CASE("a geometric mean is of the cases that both sides have") {
    const auto two = [](unsigned seed, double first_s, double second_s) {
      NamedResult run = run_of(first_s, seed);
      NamedResult other = run_of(second_s, seed + 100);
      only(other).id = CaseId::parse("gemm.f32.blocked/m1024_n512_k512");
      run.result.measurements.push_back(only(other));
      return run;
    };
    const Comparison both = compared(two(1, 1e-3, 2e-3), two(2, 1.2e-3, 2e-3));
    REQUIRE(both.means.size() == 1);
    CHECK(both.means[0].what == "gemm.f32");
    CHECK(both.means[0].cases == 2);
    CHECK(both.means[0].ratio == doctest::Approx(std::sqrt(1.2)).epsilon(0.01));
    CHECK(*both.means[0].ci_low < both.means[0].ratio);
    CHECK(compared(two(1, 1e-3, 2e-3), run_of(1.2e-3, 2)).means.at(0).cases == 1);
  }
}

}  // namespace assay::compare
