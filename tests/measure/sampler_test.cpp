// The sampler on a fake clock: alternation, rotation, calibration, discards, interruption.
#include "harness/measure/sampler.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>

#include "tests/measure/fakes.h"

using namespace assay;
using namespace assay::test;

namespace {

constexpr SamplingRule kTenSamples{10, 0, 1e9, 0.5};

std::vector<SeriesOutcome> run(FakeTimer& timer, std::vector<TimedCase*> cases, SamplingRule rule,
                               Series series = Series::cold, DisturbanceLog* disturbances = nullptr,
                               const std::atomic<bool>* stop = nullptr) {
  return sample_group({timer, cases, series, rule, disturbances, stop});
}

/// Slow in one window of fake time.
struct SlowWindow : DisturbanceLog {
  double from_s = 0, until_s = 0;
  const char* active(double begin_s, double end_s) override {
    return begin_s < until_s && end_s > from_s ? "hw_thermal_slowdown" : nullptr;
  }
};

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a drift that puts A then B off by five percent leaves the ratio in a group true") {
    // The device slows by 10 % while 2 x 1000 samples are taken: the halves differ by 5 %.
    constexpr int kSamples = 1000;
    constexpr double kTime = 1e-3;
    const SamplingRule rule{kSamples, 0, 1e9, 1.0};
    const auto drift = [](double now_s) { return 1 + 0.1 * now_s / (2 * kSamples * kTime); };

    FakeClock apart;
    apart.slowness = drift;
    FakeTimer timer(apart);
    FakeCase a("a", apart, kTime), b("b", apart, kTime);
    const double first = run(timer, {&a}, rule)[0].samples->median_s;
    const double second = run(timer, {&b}, rule)[0].samples->median_s;
    CHECK(second / first == doctest::Approx(1.05).epsilon(0.006));

    FakeClock together;
    together.slowness = drift;
    FakeTimer group_timer(together);
    FakeCase c("c", together, kTime), d("d", together, kTime);
    const auto outcomes = run(group_timer, {&c, &d}, rule);
    REQUIRE(outcomes[1].ratio);
    CHECK(outcomes[1].ratio->value == doctest::Approx(1).epsilon(1e-4));
    CHECK(outcomes[1].samples->median_s / outcomes[0].samples->median_s ==
          doctest::Approx(1).epsilon(2e-4));
    CHECK_FALSE(outcomes[0].ratio);
  }

  TEST_CASE("a ratio is found with its interval under drift and noise") {
    FakeClock clock;
    clock.slowness = [](double now_s) { return 1 + 0.3 * now_s; };
    FakeTimer timer(clock);
    FakeCase a("a", clock, 1e-3), b("b", clock, 1.25e-3);
    int noise = 0;
    a.jitter = b.jitter = [&] { return 1e-5 * (++noise % 7); };
    const auto outcomes = run(timer, {&a, &b}, {200, 0, 1e9, 1.0});
    REQUIRE(outcomes[1].ratio);
    CHECK(outcomes[1].ratio->pairs == 100);
    CHECK(outcomes[1].ratio->value == doctest::Approx(1.243).epsilon(0.005));
    CHECK(outcomes[1].ratio->interval.low <= outcomes[1].ratio->value);
    CHECK(outcomes[1].ratio->interval.high >= outcomes[1].ratio->value);
    CHECK(outcomes[1].ratio->interval.level >= 0.95);
  }

  TEST_CASE("a steep drift cancels in blocks of two rounds") {
    FakeClock clock;
    clock.slowness = [](double now_s) { return 1 + 5 * now_s; };  // 0.5 % a sample
    FakeTimer timer(clock);
    FakeCase a("a", clock, 1e-3), b("b", clock, 1e-3);
    const auto outcomes = run(timer, {&a, &b}, {20, 0, 1e9, 1.0});
    REQUIRE(outcomes[1].ratio);
    CHECK(outcomes[1].ratio->value == doctest::Approx(1).epsilon(2e-4));
  }

  TEST_CASE("cases alternate in an order that turns every round") {
    FakeClock clock;
    RunLog log;
    FakeTimer timer(clock);
    FakeCase a("a", clock, 1e-3, &log), b("b", clock, 1e-3, &log), c("c", clock, 1e-3, &log);
    run(timer, {&a, &b, &c}, kTenSamples);
    std::string order;
    for (const auto& [name, set] : log.runs) order += name;
    CHECK(order.substr(order.size() - 12) == "abccbaabccba");
  }

  TEST_CASE("a case that has enough stops while the others go on") {
    FakeClock clock;
    FakeTimer timer(clock);
    FakeCase steady("steady", clock, 1e-3), noisy("noisy", clock, 1e-3);
    int n = 0;
    noisy.jitter = [&] { return (++n % 2) * 1e-3; };
    const auto outcomes = run(timer, {&steady, &noisy}, {10, 0, 0.2, 0.01});
    CHECK(outcomes[0].samples->stop_reason == "stable");
    CHECK(outcomes[0].samples->count == 10);
    CHECK(outcomes[1].samples->count > 50);
  }

  TEST_CASE("operand sets rotate over the whole group so that no case meets a warm one") {
    FakeClock clock;
    RunLog log;
    FakeTimer timer(clock);
    FakeCase a("a", clock, 1e-4, &log), b("b", clock, 1e-4, &log);
    a.sets = b.sets = 16;
    timer.shortest_s = 3e-4;  // three iterations a sample
    run(timer, {&a, &b}, {40, 0, 1e9, 1.0});
    // Past priming, a set comes again only after all others.
    const std::size_t sampled = 40 * 2 * 3;
    REQUIRE(log.runs.size() > sampled);
    std::map<std::size_t, std::size_t> last;
    std::size_t nearest = 1000;
    for (std::size_t i = log.runs.size() - sampled; i < log.runs.size(); ++i) {
      const std::size_t set = log.runs[i].second;
      if (last.count(set)) nearest = std::min(nearest, i - last[set]);
      last[set] = i;
    }
    CHECK(last.size() == 16);
    CHECK(nearest == 16);
  }

  TEST_CASE("a case warms up for its share of the least time and for two seconds at most") {
    struct Row {
      double min_time_s;
      int passes, warming;
    };
    for (const Row& row : {Row{0, 1, 1}, Row{1, 1, 8}, Row{1, 4, 2}, Row{4, 4, 8}, Row{2, 1, 16},
                           Row{16, 1, 16}, Row{16, 4, 16}, Row{16, 16, 8}}) {
      CAPTURE(row.min_time_s);
      CAPTURE(row.passes);
      FakeClock clock;
      FakeTimer timer(clock);
      FakeCase timed("a", clock, 0.125);
      SamplingRule rule{10, row.min_time_s, 1e9, 0.5};
      rule.passes = row.passes;
      const auto outcomes = run(timer, {&timed}, rule);
      constexpr int kCalibrating = 1;
      CHECK(timer.samples - outcomes[0].samples->count == kCalibrating + row.warming);
    }
  }

  TEST_CASE("a hot series stays on one operand set") {
    FakeClock clock;
    RunLog log;
    FakeTimer timer(clock);
    FakeCase a("a", clock, 1e-4, &log);
    a.sets = 8;
    run(timer, {&a}, kTenSamples, Series::hot);
    for (const auto& [name, set] : log.runs) CHECK(set == 0);
  }

  TEST_CASE("a graph goes round every operand set in one sample and always from the same one") {
    FakeClock clock;
    RunLog log;
    FakeTimer timer(clock);
    FakeCase a("a", clock, 1e-4, &log);
    a.sets = 5;
    const auto outcomes = run(timer, {&a}, kTenSamples, Series::graph);
    CHECK(outcomes[0].iterations_per_sample == 5);
    REQUIRE(log.runs.size() % 5 == 0);
    for (std::size_t i = 0; i < log.runs.size(); ++i) CHECK(log.runs[i].second == i % 5);
  }

  TEST_CASE("every operand set runs ungated before anything is timed") {
    FakeClock clock;
    RunLog log;
    FakeTimer timer(clock);
    FakeCase a("a", clock, 1e-4, &log);
    a.sets = 7;
    std::size_t primed = 0;
    timer.on_prime = [&](const Batch& batch) {
      if (timer.samples == 0) primed += batch.iterations;
    };
    run(timer, {&a}, kTenSamples);
    CHECK(primed >= 7);
    std::vector<bool> seen(7, false);
    for (std::size_t i = 0; i < primed; ++i) seen[log.runs[i].second] = true;
    CHECK(std::count(seen.begin(), seen.end(), true) == 7);
  }

  TEST_CASE(
      "a short case is batched until a sample is long enough and its value is one iteration") {
    FakeClock clock;
    FakeTimer timer(clock);
    timer.shortest_s = 1e-4;
    FakeCase a("a", clock, 1e-7);
    const auto outcomes = run(timer, {&a}, kTenSamples);
    CHECK(outcomes[0].iterations_per_sample >= 1000);
    CHECK(outcomes[0].iterations_per_sample <= 1500);
    CHECK(outcomes[0].samples->median_s == doctest::Approx(1e-7));
  }

  TEST_CASE("no sample holds more iterations than the timer allows") {
    FakeClock clock;
    FakeTimer timer(clock);
    timer.shortest_s = 1;
    timer.most = 63;
    FakeCase a("a", clock, 1e-6);
    CHECK(run(timer, {&a}, kTenSamples)[0].iterations_per_sample == 63);
  }

  TEST_CASE("a sample under a thermal slowdown is discarded and counted") {
    FakeClock clock;
    FakeTimer timer(clock);
    FakeCase a("a", clock, 1e-3);
    SlowWindow slow;
    slow.from_s = 0.0205;
    slow.until_s = 0.0255;  // touches six samples of 1 ms
    const auto outcome = run(timer, {&a}, {40, 0, 1e9, 1.0}, Series::cold, &slow)[0];
    CHECK(outcome.samples->discarded == 6);
    CHECK(outcome.samples->count == 40);
    CHECK(outcome.samples->discard_reasons.at("hw_thermal_slowdown") == 6);
    CHECK(outcome.discarded_fraction == doctest::Approx(6.0 / 46));
  }

  TEST_CASE("the times of every rank are of one iteration and of the samples that count") {
    FakeClock clock;
    FakeTimer timer(clock);
    timer.shortest_s = 2e-3;  // two iterations a sample
    FakeCase a("a", clock, 1e-3);
    SlowWindow slow;
    slow.from_s = 0.0205;
    slow.until_s = 0.1505;  // more samples than those that count
    timer.ranks = [&](const Reading& reading) {
      const bool is_slow = slow.active(reading.begin_s, reading.end_s) != nullptr;
      return std::vector<double>{reading.time_s, is_slow ? 1 : reading.time_s / 2};
    };
    const SamplingRule rule{40, 0, 1e9, 1.0};
    const auto outcome = run(timer, {&a}, rule, Series::cold, &slow)[0];
    CHECK(outcome.samples->discarded > 0);
    REQUIRE(outcome.ranks.size() == 2);
    CHECK(outcome.ranks[1].rank == 1);
    CHECK(outcome.ranks[0].median_s == doctest::Approx(1e-3));
    CHECK(outcome.ranks[1].median_s == doctest::Approx(0.5e-3));
    timer.ranks = nullptr;
    CHECK(run(timer, {&a}, rule)[0].ranks.empty());
  }

  TEST_CASE("a slowdown that becomes known only later still discards what it covers") {
    FakeClock clock;
    FakeTimer timer(clock);
    FakeCase a("a", clock, 1e-3);
    SlowWindow slow;
    a.on_run = [&] {
      if (clock.now_s < 0.035) return;
      slow.from_s = 0.0205;
      slow.until_s = 0.0255;
    };
    const auto outcome = run(timer, {&a}, {40, 0, 1e9, 1.0}, Series::cold, &slow)[0];
    CHECK(outcome.samples->discarded == 6);
    CHECK(outcome.samples->count == 34);
  }

  TEST_CASE("a series that was slowed all along is kept and marked and not empty") {
    FakeClock clock;
    FakeTimer timer(clock);
    FakeCase a("a", clock, 1e-3);
    SlowWindow slow;
    slow.until_s = 1e9;
    const auto outcome = run(timer, {&a}, {10, 0, 0.05, 1.0}, Series::cold, &slow)[0];
    REQUIRE(outcome.samples);
    CHECK(outcome.samples->stop_reason == "max_time");
    CHECK(outcome.samples->count >= 49);
    CHECK(outcome.discarded_fraction == 1);
  }

  TEST_CASE("a gate that opened itself ends the case as an error and leaves the others") {
    FakeClock clock;
    FakeTimer timer(clock);
    FakeCase a("a", clock, 1e-3), b("b", clock, 1e-3);
    timer.gate_timeout = [&](const Batch& batch) { return batch.timed == &a && timer.samples > 6; };
    const auto outcomes = run(timer, {&a, &b}, kTenSamples);
    CHECK(outcomes[0].error.find("gate_timeout") == 0);
    CHECK_FALSE(outcomes[0].samples);
    CHECK(outcomes[1].samples->count == 10);
  }

  TEST_CASE("a case that throws ends as an error and leaves the others") {
    FakeClock clock;
    FakeTimer timer(clock);
    FakeCase a("a", clock, 1e-3), b("b", clock, 1e-3);
    b.fails_after = 8;
    const auto outcomes = run(timer, {&a, &b}, kTenSamples);
    CHECK(outcomes[0].samples->count == 10);
    CHECK(outcomes[1].error == "it broke");
  }

  TEST_CASE("a stop keeps a series that has its samples and drops one that has not") {
    for (const auto& [least, is_kept] : {std::pair{5, true}, std::pair{500, false}}) {
      FakeClock clock;
      FakeTimer timer(clock);
      std::atomic<bool> stop{false};
      FakeCase a("a", clock, 1e-3);
      a.on_run = [&] { stop = stop || clock.now_s > 0.05; };
      const auto outcome = run(timer, {&a}, {least, 0.01, 1e9, 0}, Series::cold, nullptr, &stop)[0];
      CHECK(outcome.error.empty());
      CHECK(clock.now_s < 0.052);  // it ends with the sample that was running
      REQUIRE(outcome.samples.has_value() == is_kept);
      if (is_kept) CHECK(outcome.samples->stop_reason == "interrupted");
    }
  }

  TEST_CASE("a long series tells its peak from what it sustains and a short one does not") {
    FakeClock clock;
    // Cool for five seconds, then a quarter slower; the warm-up ends long before that.
    clock.slowness = [](double now_s) { return now_s < 5 ? 1.0 : 1.25; };
    FakeTimer timer(clock);
    FakeCase burnt("burnt", clock, 1e-2);
    const auto outcome = run(timer, {&burnt}, {10, 60, 60, 1e-9})[0];
    REQUIRE(outcome.endurance);
    CHECK(outcome.endurance->peak_s == doctest::Approx(1e-2));
    CHECK(outcome.endurance->sustained_s == doctest::Approx(1.25e-2));
    CHECK_FALSE(run(timer, {&burnt}, {10, 15, 15, 1e-9})[0].endurance);
  }

  TEST_CASE("the peak of a long series is of its beginning") {
    FakeClock clock;
    clock.slowness = [](double now_s) { return now_s < 30 ? 1.25 : 1.0; };
    FakeTimer timer(clock);
    FakeCase late("late", clock, 1e-2);
    const auto outcome = run(timer, {&late}, {10, 60, 60, 1e-9})[0];
    REQUIRE(outcome.endurance);
    CHECK(outcome.endurance->peak_s == doctest::Approx(1.25e-2));
    CHECK(outcome.endurance->sustained_s == doctest::Approx(1e-2));
  }

  TEST_CASE("samples that were discarded count for what a series sustains") {
    FakeClock clock;
    clock.slowness = [](double now_s) { return now_s < 30 ? 1.0 : 2.0; };
    FakeTimer timer(clock);
    FakeCase burnt("burnt", clock, 1e-2);
    SlowWindow slow;
    slow.from_s = 30;
    slow.until_s = 1e9;
    const auto outcome = run(timer, {&burnt}, {10, 60, 60, 1e-9}, Series::hot, &slow)[0];
    CHECK(outcome.samples->discarded > 0);
    REQUIRE(outcome.endurance);
    CHECK(outcome.endurance->sustained_s == doctest::Approx(2e-2));
  }
}
