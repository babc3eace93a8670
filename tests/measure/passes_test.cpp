// Series that are sampled in passes: their order, what they add up to, and how they end.
#include <doctest/doctest.h>

#include "harness/core/error.h"
#include "harness/measure/group_run.h"
#include "harness/measure/refused.h"
#include "harness/measure/series_telemetry.h"
#include "harness/measure/stop_rule.h"
#include "tests/measure/fakes.h"

using namespace assay;
using namespace assay::test;

namespace {

/// What a pass of a group's case meets.
using Change = std::function<void(FakeCase&, int pass)>;

GroupMember member(FakeDevice& device, const std::string& name, const Change& change = nullptr) {
  GroupMember made;
  made.id = CaseId{"gemm", "f32", name, Shape{{"m", 8}, {"n", 8}, {"k", 8}}};
  made.prepare = [&device, name, change, pass = 0]() mutable {
    auto timed = std::make_unique<FakeCase>(name, device.clock, 1e-3);
    if (change) change(*timed, pass);
    ++pass;
    return timed;
  };
  return made;
}

Group group_of(FakeDevice& device, const std::string& name, std::vector<GroupMember> members) {
  Group group;
  group.name = name;
  group.device = &device;
  group.scope = {"device", {"fake"}};
  group.members = std::move(members);
  return group;
}

struct CollectedVisits {
  std::vector<std::vector<Measurement>> visits;
  std::vector<std::string> progress;
  bool whole = false;
};

CollectedVisits run(std::vector<Group> groups, const SamplingRule& rule,
                    const std::atomic<bool>* stop = nullptr) {
  CollectedVisits collected;
  GroupRunOptions options;
  options.sampling = rule;
  options.stop = stop;
  options.on_group = [&](const std::vector<Measurement>& measurements) {
    collected.visits.push_back(measurements);
  };
  options.on_progress = [&](std::size_t done, std::size_t total, const std::string& name) {
    collected.progress.push_back(std::to_string(done) + "/" + std::to_string(total) + " " + name);
  };
  collected.whole = run_groups(std::move(groups), options);
  return collected;
}

SamplingRule in_passes(int passes) {
  SamplingRule rule{30, 0, 10, 0.01};
  rule.passes = passes;
  return rule;
}

/// The passes take 1, 1.02 and 1.04 ms.
void slower_every_pass(FakeCase& timed, int pass) {
  timed.jitter = [pass] { return 2e-5 * pass; };
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("every group is visited once before any is visited again") {
    FakeDevice device;
    Group once = group_of(device, "once", {member(device, "a")});
    once.sampling = in_passes(1);
    const CollectedVisits got = run({group_of(device, "x", {member(device, "a")}), once,
                                     group_of(device, "y", {member(device, "a")})},
                                    in_passes(2));
    CHECK(got.whole);
    CHECK(got.progress == std::vector<std::string>{"0/5 x, pass 1 of 2", "1/5 once",
                                                   "2/5 y, pass 1 of 2", "3/5 x, pass 2 of 2",
                                                   "4/5 y, pass 2 of 2", "5/5 "});
  }

  TEST_CASE("a series is the samples of all its passes and says which are of which") {
    FakeDevice device;
    const CollectedVisits got =
        run({group_of(device, "x", {member(device, "a", slower_every_pass)})}, in_passes(3));
    REQUIRE(got.visits.size() == 3);
    const Samples& samples = *got.visits.back().at(0).samples;
    CHECK(samples.count == 30);
    CHECK(samples.stop_reason == "stable");
    CHECK(samples.median_s == doctest::Approx(1.02e-3));
    REQUIRE(samples.pass.size() == 30);
    CHECK(samples.pass[9] == 0);
    CHECK(samples.pass[10] == 1);
    CHECK(samples.pass[29] == 2);
    REQUIRE(samples.pass_medians_s.size() == 3);
    CHECK(samples.pass_medians_s[0] == doctest::Approx(1e-3));
    CHECK(samples.pass_medians_s[2] == doctest::Approx(1.04e-3));
    // Three medians 2 % apart: Student's t takes 2.48 of them on either side.
    CHECK(samples.ci_low_s == doctest::Approx(0.97e-3).epsilon(0.002));
    CHECK(samples.ci_high_s == doctest::Approx(1.071e-3).epsilon(0.002));
    CHECK(samples.ci_level >= 0.95);
  }

  TEST_CASE("a series that has more passes to come is interrupted until then") {
    FakeDevice device;
    const CollectedVisits got = run({group_of(device, "x", {member(device, "a")})}, in_passes(3));
    REQUIRE(got.visits.size() == 3);
    CHECK(got.visits[0].at(0).samples->stop_reason == "interrupted");
    CHECK(got.visits[0].at(0).samples->count == 10);
    CHECK(got.visits[0].at(0).samples->pass.empty());
    CHECK(got.visits[1].at(0).samples->stop_reason == "interrupted");
    CHECK(got.visits[1].at(0).samples->pass_medians_s.size() == 2);
    CHECK(got.visits[2].at(0).samples->stop_reason == "stable");
    CHECK(got.visits[0].at(0).started == got.visits[2].at(0).started);
  }

  TEST_CASE("one pass is a series without passes") {
    FakeDevice device;
    const CollectedVisits got = run({group_of(device, "x", {member(device, "a")})}, in_passes(1));
    CHECK(got.visits.at(0).at(0).samples->pass.empty());
    CHECK(got.visits.at(0).at(0).samples->pass_medians_s.empty());
    CHECK(got.progress.front() == "0/1 x");
  }

  TEST_CASE("the longest time is that of all passes and what one leaves is the others'") {
    FakeDevice device;
    const auto noisy = [](FakeCase& timed, int) {
      timed.jitter = [n = 0]() mutable { return (++n % 2) * 1e-3; };
    };
    SamplingRule rule{9, 0, 0.9, 0.001};
    rule.passes = 3;
    rule.max_relative_interval = 1e-6;  // noise is never stable
    const CollectedVisits got = run({group_of(device, "x", {member(device, "a", noisy)})}, rule);
    const Samples& samples = *got.visits.back().at(0).samples;
    CHECK(samples.stop_reason == "max_time");
    const double spent_s = static_cast<double>(samples.count) * 1.5e-3;
    CHECK(spent_s == doctest::Approx(0.9).epsilon(0.02));

    CHECK(share_of_pass(rule, 0, 0).max_time_s == doctest::Approx(0.3));
    CHECK(share_of_pass(rule, 1, 0.1).max_time_s == doctest::Approx(0.4));
    CHECK(share_of_pass(rule, 2, 0.2).max_time_s == doctest::Approx(0.7));
    rule.min_samples = 10;
    CHECK(share_of_pass(rule, 0, 0).min_samples == 4);
  }

  TEST_CASE("a series is as settled as the least of its passes") {
    FakeDevice device;
    const auto noisy_first = [](FakeCase& timed, int pass) {
      if (pass == 0) timed.jitter = [n = 0]() mutable { return (++n % 2) * 1e-3; };
    };
    SamplingRule rule{9, 0, 0.3, 0.001};
    rule.passes = 3;
    rule.max_relative_interval = 1e-6;
    const CollectedVisits got =
        run({group_of(device, "x", {member(device, "a", noisy_first)})}, rule);
    CHECK(got.visits.back().at(0).samples->stop_reason == "max_time");
  }

  TEST_CASE("an answer that is wrong in a later pass is a failure without samples") {
    FakeDevice device;
    const auto wrong_later = [](FakeCase& timed, int pass) {
      if (pass == 1) timed.verification.status = Verification::Status::failed;
    };
    const CollectedVisits got =
        run({group_of(device, "x", {member(device, "a", wrong_later), member(device, "b")})},
            in_passes(3));
    const Measurement& wrong = got.visits.back().at(0);
    CHECK(wrong.status == MeasurementStatus::failed_verification);
    CHECK_FALSE(wrong.samples);
    CHECK(wrong.metrics.empty());
    const Measurement& right = got.visits.back().at(1);
    CHECK(right.status == MeasurementStatus::measured);
    CHECK(right.samples->pass_medians_s.size() == 3);
  }

  TEST_CASE("a case that cannot run here is said in every pass and never prepared") {
    FakeDevice device;
    GroupMember refused = member(device, "a");
    refused.not_applicable = "no such unit";
    refused.prepare = []() -> std::unique_ptr<TimedCase> { throw Error("prepared all the same"); };
    const CollectedVisits got = run({group_of(device, "x", {refused})}, in_passes(2));
    REQUIRE(got.visits.size() == 2);
    CHECK(got.visits[1].at(0).reason == "no such unit");
  }

  TEST_CASE("a case that is refused while it is prepared is asked once and never an error") {
    FakeDevice device;
    int asked = 0;
    GroupMember refused = member(device, "a");
    refused.prepare = [&asked]() -> std::unique_ptr<TimedCase> {
      ++asked;
      throw Refused("no plan for it");
    };
    const CollectedVisits got =
        run({group_of(device, "x", {refused, member(device, "b")})}, in_passes(2));
    REQUIRE(got.visits.size() == 2);
    CHECK(asked == 1);
    CHECK(got.visits[1].at(0).status == MeasurementStatus::not_applicable);
    CHECK(got.visits[1].at(0).reason == "no plan for it");
    CHECK(got.visits[1].at(1).status == MeasurementStatus::measured);
  }

  TEST_CASE("the ratio in a group is of the pairs of all passes") {
    FakeDevice device;
    const auto half_more = [](FakeCase& timed, int) { timed.jitter = [] { return 5e-4; }; };
    const CollectedVisits got =
        run({group_of(device, "x", {member(device, "a"), member(device, "b", half_more)})},
            in_passes(3));
    const Json& ratio = got.visits.back().at(1).extensions["ratio"];
    CHECK(ratio["value"].get<double>() == doctest::Approx(1.5));
    CHECK(ratio["pairs"] == 15);  // blocks of two rounds out of three times ten
  }

  TEST_CASE("a stop in a later pass leaves what the passes before have measured") {
    FakeDevice device;
    std::atomic<bool> stop{false};
    const auto stopping = [&](FakeCase& timed, int pass) {
      if (pass == 1) timed.on_run = [&] { stop = true; };
    };
    const CollectedVisits got =
        run({group_of(device, "x", {member(device, "a", stopping)})}, in_passes(3), &stop);
    CHECK_FALSE(got.whole);
    const Samples& samples = *got.visits.back().at(0).samples;
    CHECK(samples.stop_reason == "interrupted");
    CHECK(samples.count >= 10);
  }

  TEST_CASE("groups that work at once are measured in passes too") {
    FakeDevice first, second;
    Group all;
    all.together.push_back(group_of(first, "x on 0", {member(first, "a")}));
    all.together.push_back(group_of(second, "x on 1", {member(second, "a")}));
    all.name = "x at once";
    std::vector<Group> groups;
    groups.push_back(std::move(all));
    const CollectedVisits got = run(std::move(groups), in_passes(2));
    REQUIRE(got.visits.size() == 2);
    REQUIRE(got.visits[1].size() == 2);
    for (const Measurement& one : got.visits[1]) CHECK(one.samples->pass_medians_s.size() == 2);
    // Ten seconds for all passes, and a warm-up of two before each.
    CHECK(first.clock.now_s == doctest::Approx(14).epsilon(0.01));
  }

  TEST_CASE("telemetry of a series leaves out what came between its passes") {
    struct Counting : Telemetry {
      bool is_polled() const override { return false; }
      TelemetryReading read() override { return {}; }
      Json counters() override { return {{"errors", errors}, {"busy_s", busy_s}}; }
      Json since(const Json& before) override {
        return {{"errors", errors - before["errors"].get<int>()},
                {"busy_s", busy_s - before["busy_s"].get<double>()}};
      }
      int errors = 100;
      double busy_s = 7;
    } counting;
    SeriesTelemetry telemetry(counting, 0.05);
    telemetry.begin_pass();
    counting.errors += 2;
    counting.busy_s += 0.5;
    telemetry.end_pass();
    counting.errors += 50;  // of other groups
    counting.busy_s += 9;
    telemetry.begin_pass();
    counting.errors += 3;
    counting.busy_s += 0.25;
    telemetry.end_pass();
    CHECK(telemetry.summary()["errors"] == 5);
    CHECK(telemetry.summary()["busy_s"].get<double>() == doctest::Approx(0.75));
  }
}
