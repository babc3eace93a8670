// Groups driven by Google Benchmark: what becomes of every kind of member.
#include "harness/measure/group_run.h"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "harness/core/error.h"
#include "harness/measure/metrics.h"
#include "tests/measure/fakes.h"

using namespace assay;
using namespace assay::test;

namespace {

GroupMember member(FakeDevice& device, const std::string& implementation, double seconds,
                   const std::function<void(FakeCase&)>& change = nullptr) {
  GroupMember made;
  made.id = CaseId{"gemm", "f32", implementation, Shape{{"m", 8}, {"n", 8}, {"k", 8}}};
  made.prepare = [&device, implementation, seconds, change] {
    auto timed = std::make_unique<FakeCase>(implementation, device.clock, seconds);
    if (change) change(*timed);
    return timed;
  };
  return made;
}

Group group_of(FakeDevice& device, std::vector<GroupMember> members) {
  Group group;
  group.name = "gemm.f32/m8_n8_k8";
  group.device = &device;
  group.scope = {"device", {"fake"}};
  group.input_pattern = "normal";
  group.input_seed = 42;
  group.members = std::move(members);
  return group;
}

struct Collected {
  std::vector<Measurement> all;
  int groups = 0;
  bool whole = false;
};

Collected run(std::vector<Group> groups, const std::atomic<bool>* stop = nullptr) {
  Collected collected;
  GroupRunOptions options;
  options.sampling = {10, 0.001, 10, 0.01};
  options.stop = stop;
  options.on_group = [&](const std::vector<Measurement>& measurements) {
    ++collected.groups;
    collected.all.insert(collected.all.end(), measurements.begin(), measurements.end());
  };
  collected.whole = run_groups(std::move(groups), options);
  return collected;
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("every implementation of a group becomes a measurement with its ratio to the first") {
    FakeDevice device;
    device.device_facts.speed_of_light.flop_per_s["f32"] = 4e9;
    const auto choose = [](FakeCase& timed) { timed.choice_made["tile"] = "128x64"; };
    const Collected got =
        run({group_of(device, {member(device, "a", 1e-3), member(device, "b", 2e-3, choose)})});
    CHECK(got.whole);
    REQUIRE(got.all.size() == 2);
    const Measurement &a = got.all[0], &b = got.all[1];
    CHECK(a.status == MeasurementStatus::measured);
    CHECK(a.group == b.group);
    CHECK(a.input_pattern == "normal");
    CHECK(a.input_seed == 42);
    CHECK(a.samples->median_s == doctest::Approx(1e-3));
    CHECK(a.metrics.at("flop_per_s") == doctest::Approx(2e9));
    CHECK(a.metrics.at("bytes_per_s") == doctest::Approx(1e9));
    CHECK(*a.speed_of_light_fraction == doctest::Approx(0.5));
    CHECK(a.telemetry["iterations_per_sample"] == 1);
    CHECK(a.telemetry["sample_clock_hz"]["median"] == 1e9);
    CHECK_FALSE(a.extensions.contains("ratio"));
    CHECK(b.extensions["ratio"]["to"] == "gemm.f32.a/m8_n8_k8");
    CHECK(b.extensions["ratio"]["value"].get<double>() == doctest::Approx(2));
    CHECK(b.extensions["choice"]["tile"] == "128x64");
    CHECK(b.verification->ok());
    CHECK(device.clocks_hz.size() == 2);
  }

  TEST_CASE("a wrong answer is reported and never timed") {
    FakeDevice device;
    int runs = 0;
    const auto wrong = [&](FakeCase& timed) {
      timed.verification = {Verification::Status::failed, 0.5, 0.1, std::nullopt, "element 3"};
      timed.on_run = [&] { ++runs; };
    };
    const Collected got =
        run({group_of(device, {member(device, "bad", 1e-3, wrong), member(device, "good", 1e-3)})});
    REQUIRE(got.all.size() == 2);
    CHECK(got.all[0].status == MeasurementStatus::failed_verification);
    CHECK(got.all[0].reason == "element 3");
    CHECK_FALSE(got.all[0].samples);
    CHECK(got.all[0].metrics.empty());
    CHECK(got.all[0].verification->status == Verification::Status::failed);
    CHECK(runs == 0);
    CHECK(got.all[1].status == MeasurementStatus::measured);
  }

  TEST_CASE("where answers are only verified nothing is sampled") {
    FakeDevice device;
    int runs = 0;
    const auto counted = [&](FakeCase& timed) { timed.on_run = [&] { ++runs; }; };
    const auto wrong = [](FakeCase& timed) {
      timed.verification = {Verification::Status::failed, 0.5, 0.1, std::nullopt, "element 3"};
    };
    GroupRunOptions options;
    options.verify_only = true;
    std::vector<Measurement> all;
    options.on_group = [&](const std::vector<Measurement>& measured) { all = measured; };
    CHECK(run_groups({group_of(device, {member(device, "right", 1e-3, counted),
                                        member(device, "bad", 1e-3, wrong)})},
                     options));
    REQUIRE(all.size() == 2);
    CHECK(runs == 0);
    CHECK(all[0].status == MeasurementStatus::not_applicable);
    CHECK(all[0].verification->ok());
    CHECK_FALSE(all[0].samples);
    CHECK(all[1].status == MeasurementStatus::failed_verification);
  }

  TEST_CASE("no implementation runs in a sample before its own answer was verified") {
    struct Watched final : FakeCase {
      using FakeCase::FakeCase;
      Verification verify() override {
        is_verified = true;
        return FakeCase::verify();
      }
      void enqueue(std::size_t set) override {
        CHECK(is_verified);
        FakeCase::enqueue(set);
      }
      bool is_verified = false;
    };
    FakeDevice device;
    std::vector<GroupMember> members;
    for (const char* name : {"a", "b", "c"}) {
      members.push_back(member(device, name, 1e-3));
      members.back().prepare = [&device, name] {
        return std::make_unique<Watched>(name, device.clock, 1e-3);
      };
    }
    const Collected got = run({group_of(device, std::move(members))});
    REQUIRE(got.all.size() == 3);
    for (const Measurement& one : got.all) {
      CHECK(one.status == MeasurementStatus::measured);
      REQUIRE(one.verification);
      CHECK(one.verification->ok());
    }
  }

  TEST_CASE("what cannot run here is said with its reason and is not prepared") {
    FakeDevice device;
    GroupMember refused = member(device, "sm90", 1e-3);
    refused.not_applicable = "needs compute capability 9.0";
    refused.prepare = []() -> std::unique_ptr<TimedCase> { throw Error("prepared all the same"); };
    const Collected got = run({group_of(device, {refused})});
    REQUIRE(got.all.size() == 1);
    CHECK(got.all[0].status == MeasurementStatus::not_applicable);
    CHECK(got.all[0].reason == "needs compute capability 9.0");
  }

  TEST_CASE("a series that the backend has not is not applicable") {
    FakeDevice device;
    Group group = group_of(device, {member(device, "a", 1e-3)});
    group.series = Series::graph;
    const Collected got = run({group});
    CHECK(got.all.at(0).status == MeasurementStatus::not_applicable);
    CHECK(got.all.at(0).reason == "no graphs here");
  }

  TEST_CASE("an exception of one member is its own error and the others go on") {
    FakeDevice device;
    GroupMember broken = member(device, "broken", 1e-3);
    broken.prepare = []() -> std::unique_ptr<TimedCase> { throw Error("out of memory"); };
    const auto later = [](FakeCase& timed) { timed.fails_after = 5; };
    const Collected got = run({group_of(
        device, {broken, member(device, "later", 1e-3, later), member(device, "fine", 1e-3)})});
    REQUIRE(got.all.size() == 3);
    CHECK(got.all[0].status == MeasurementStatus::error);
    CHECK(got.all[0].reason == "out of memory");
    CHECK(got.all[1].status == MeasurementStatus::error);
    CHECK(got.all[1].reason == "it broke");
    CHECK(got.all[2].status == MeasurementStatus::measured);
  }

  TEST_CASE("a group with a sampling of its own is sampled by that and the next by the run's") {
    FakeDevice device;
    Group own = group_of(device, {member(device, "a", 1e-3)}), next = own;
    own.sampling = SamplingRule{60, 0.001, 10, 0.01};
    const Collected got = run({own, next});
    REQUIRE(got.all.size() == 2);
    CHECK(got.all[0].samples->count >= 60);
    CHECK(got.all[1].samples->count < 60);
  }

  TEST_CASE("the callbacks see every group in order and an exception of theirs ends the run") {
    FakeDevice device;
    std::vector<std::string> seen;
    GroupRunOptions options;
    options.sampling = {10, 0.001, 10, 0.01};
    options.on_progress = [&](std::size_t done, std::size_t total, const std::string& name) {
      seen.push_back(std::to_string(done) + "/" + std::to_string(total) + " " + name);
    };
    Group first = group_of(device, {member(device, "a", 1e-3)}), second = first;
    second.name = "gemm.f32/m9_n9_k9";
    CHECK(run_groups({first, second}, options));
    CHECK(seen ==
          std::vector<std::string>{"0/2 gemm.f32/m8_n8_k8", "1/2 gemm.f32/m9_n9_k9", "2/2 "});

    int written = 0;
    options.on_group = [&](const std::vector<Measurement>&) {
      ++written;
      throw Error("the disk is full");
    };
    CHECK_THROWS_WITH_AS(run_groups({first, second}, options), "the disk is full", Error);
    CHECK(written == 1);
    CHECK(run({first}).whole);  // nothing of the broken run is left in Google Benchmark
  }

  TEST_CASE("a stop ends the run within the sample and keeps whole measurements") {
    FakeDevice device;
    std::atomic<bool> stop{false};
    const auto stopping = [&](FakeCase& timed) {
      timed.on_run = [&] { stop = device.clock.now_s > 0.2; };
    };
    Group first = group_of(device, {member(device, "a", 1e-3)});
    Group second = group_of(device, {member(device, "b", 0.15, stopping)});
    Group third = group_of(device, {member(device, "c", 1e-3)});
    const Collected got = run({first, second, third}, &stop);
    CHECK_FALSE(got.whole);
    CHECK(got.groups == 1);
    REQUIRE(got.all.size() == 1);
    CHECK(got.all[0].id.implementation == "a");
  }

  TEST_CASE("a series discarded for more than half says so in its telemetry") {
    FakeDevice device;
    device.fake_telemetry.polled = true;
    device.fake_telemetry.on_read = [] {
      TelemetryReading reading;
      reading.event_reasons = clock_event::kSwThermalSlowdown;
      return reading;
    };
    Group group = group_of(device, {member(device, "a", 0.1)});
    const Collected got = run({group});
    CHECK(got.all.at(0).telemetry["discarded_fraction"] == 1.0);
    CHECK(got.all.at(0).samples->discard_reasons.at("sw_thermal_slowdown") > 50);
  }

  TEST_CASE("a fraction of the speed of light needs a figure for what bounds the work") {
    FakeDevice device;
    device.device_facts.speed_of_light.memory_bytes_per_s = 2e9;
    Group gemm = group_of(device, {member(device, "a", 1e-3)});
    CHECK_FALSE(run({gemm}).all.at(0).speed_of_light_fraction);  // its arithmetic is not known
    Group copy = gemm;
    copy.members[0].id.workload = "memory_triad";
    CHECK(*run({copy}).all.at(0).speed_of_light_fraction == doctest::Approx(0.5));
    copy.series = Series::hot;  // may run from cache
    CHECK_FALSE(run({copy}).all.at(0).speed_of_light_fraction);
    device.device_facts.speed_of_light.memory_bytes_per_s = 1e7;  // no bound at all
    copy.series = Series::cold;
    CHECK_FALSE(run({copy}).all.at(0).speed_of_light_fraction);
  }

  TEST_CASE("a copy is held to its link and not to the memory of the device") {
    SpeedOfLight light;
    light.memory_bytes_per_s = 3e12;
    Measurement copy;
    copy.id.workload = "host_to_device";
    copy.samples.emplace();
    copy.samples->median_s = 1;
    add_metrics({0, 50e9, 0.0}, light, copy);
    CHECK(copy.metrics.at("bytes_per_s") == 50e9);
    CHECK_FALSE(copy.speed_of_light_fraction);  // the link's rate is not known
    add_metrics({0, 50e9, 100e9}, light, copy);
    CHECK(*copy.speed_of_light_fraction == doctest::Approx(0.5));
    CHECK(copy.extensions["speed_of_light_bound"] == "link");
  }

  TEST_CASE("a long series has its rates at its best and in the end") {
    Measurement measurement;
    add_endurance({2e6, 1e6}, {1e-3, 2e-3}, measurement);
    CHECK(measurement.metrics.at("peak_flop_per_s") == doctest::Approx(2e9));
    CHECK(measurement.metrics.at("sustained_flop_per_s") == doctest::Approx(1e9));
    measurement.metrics.clear();
    add_endurance({0, 1e6}, {1e-3, 2e-3}, measurement);
    CHECK(measurement.metrics.at("sustained_bytes_per_s") == doctest::Approx(5e8));
    CHECK_FALSE(measurement.metrics.contains("sustained_flop_per_s"));
  }

  TEST_CASE("groups that are measured together overlap in time and end at the same moment") {
    constexpr int kDevices = 3;
    std::vector<std::unique_ptr<FakeDevice>> devices;
    std::atomic<int> at_work{0}, met{0};
    Group all;
    for (int i = 0; i < kDevices; ++i) {
      devices.push_back(std::make_unique<FakeDevice>());
      FakeDevice& device = *devices.back();
      const auto watch = [&](FakeCase& timed) {
        timed.on_run = [&, first = true]() mutable {
          if (std::exchange(first, false)) {
            // Whoever comes first waits until all work, or for long enough to say that they do not.
            ++at_work;
            for (int ms = 0; ms < 5000 && at_work < kDevices; ++ms)
              std::this_thread::sleep_for(std::chrono::milliseconds(1));
            met += at_work == kDevices;
          }
        };
      };
      all.together.push_back(group_of(device, {member(device, "a", 1e-3 * (i + 1), watch)}));
      all.together.back().scope = {"node", {std::to_string(i)}};
    }
    all.name = "all at once";
    all.series = all.together[0].series;
    CHECK(cases_in_turn(all) == 1);
    std::vector<Group> groups;
    groups.push_back(std::move(all));
    const Collected got = run(std::move(groups));
    CHECK(met == kDevices);
    CHECK(got.groups == 1);
    REQUIRE(got.all.size() == kDevices);
    for (int i = 0; i < kDevices; ++i) {
      const Measurement& one = got.all[static_cast<std::size_t>(i)];
      CHECK(one.status == MeasurementStatus::measured);
      CHECK(one.scope.members[0] == std::to_string(i));
      CHECK(one.samples->median_s == doctest::Approx(1e-3 * (i + 1)));
      // run() allows ten seconds a case, after a warm-up of two: none ends by its own rule before.
      CHECK(devices[static_cast<std::size_t>(i)]->clock.now_s == doctest::Approx(12).epsilon(0.01));
    }
  }

  TEST_CASE("a wrong answer of one device does not hide those of the others at once") {
    FakeDevice sound, sick;
    Group all;
    const auto wrong = [](FakeCase& timed) {
      timed.verification.status = Verification::Status::failed;
    };
    all.together.push_back(group_of(sound, {member(sound, "a", 1e-3)}));
    all.together.push_back(group_of(sick, {member(sick, "a", 1e-3, wrong)}));
    std::vector<Group> groups;
    groups.push_back(std::move(all));
    const Collected got = run(std::move(groups));
    REQUIRE(got.all.size() == 2);
    CHECK(got.all[0].status == MeasurementStatus::measured);
    CHECK(got.all[1].status == MeasurementStatus::failed_verification);
  }

  TEST_CASE("a member is told as it ends while others of its group go on") {
    FakeDevice device, other;
    const auto uneven = [](FakeCase& timed) {
      timed.jitter = [up = false]() mutable { return (up = !up) ? 1e-3 : 0; };
    };
    const auto wrong = [](FakeCase& timed) {
      timed.verification.status = Verification::Status::failed;
    };
    const std::vector<GroupMember> members = {member(device, "even", 1e-3),
                                              member(device, "uneven", 1e-3, uneven),
                                              member(device, "wrong", 1e-3, wrong)};
    std::vector<std::string> told;
    GroupRunOptions options;
    options.sampling = {10, 0, 1, 0.01};
    options.on_member = [&](const Measurement& one) { told.push_back(one.id.implementation); };
    options.on_group = [&](const std::vector<Measurement>& all) {
      told.push_back(std::to_string(all.size()) + " of the group");
    };
    CHECK(run_groups({group_of(device, members)}, options));
    CHECK(told == std::vector<std::string>{"wrong", "even", "3 of the group"});
    told.clear();
    Group together;
    together.together = {group_of(device, {member(device, "a", 1e-3)}),
                         group_of(other, {member(other, "a", 1e-3, wrong)})};
    CHECK(run_groups({together, group_of(device, {member(device, "b", 1e-3, wrong)})}, options));
    CHECK(told == std::vector<std::string>{"2 of the group", "1 of the group"});
  }

  TEST_CASE("operand sets go past three times the cache or fill half of what is free") {
    FakeDevice device;
    constexpr std::size_t kMiB = std::size_t{1} << 20;
    device.cache = 10 * kMiB;
    device.free_memory = 10'000 * kMiB;
    CHECK(rotation_sets(device, 5 * kMiB) == 7);
    CHECK(rotation_sets(device, 100 * kMiB) == 1);
    CHECK(rotation_sets(device, 0) == 1);
    CHECK(rotation_sets(device, 100) == 3058);  // twice 30 MiB, of which each takes 20 KiB more
    device.free_memory = 21 * kMiB;
    CHECK(rotation_sets(device, 5 * kMiB) == 2);
    CHECK(rotation_sets(device, 50 * kMiB) == 1);
  }
}
