// The sampler: calibration, warm-up, and rounds of alternated samples.
#include "harness/measure/sampler.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <utility>

#include "harness/measure/device_lost.h"
#include "harness/measure/series_summary.h"
#include "harness/measure/stop_rule.h"

namespace assay {

namespace {

/// One case while it is being sampled.
struct Member {
  Member(TimedCase& timed_case, const SamplingRule& rule) : timed(&timed_case), stop(rule) {}

  TimedCase* timed;
  StopRule stop;
  std::size_t iterations = 1;
  bool active = true;
  const char* stop_reason = nullptr;
  std::string error;
  SeriesRecord record;
};

class GroupSampler {
 public:
  explicit GroupSampler(const SamplerInput& input) : input_(input) {
    members_.reserve(input.cases.size());
    for (TimedCase* timed : input.cases) members_.emplace_back(*timed, input.rule);
  }

  std::vector<SeriesOutcome> run() {
    for (Member& member : members_) guarded(member, [&] { calibrate(member); });
    warm_up();
    for (std::uint32_t round = 0; !stopped() && any_active(); ++round) sample_round(round);
    return outcomes();
  }

 private:
  bool stopped() const { return input_.stop && input_.stop->load(std::memory_order_relaxed); }
  bool any_active() const {
    return std::any_of(members_.begin(), members_.end(), [](const Member& m) { return m.active; });
  }

  /// A case that fails leaves the group; the others go on.
  template <class Step>
  void guarded(Member& member, const Step& step) {
    if (!member.active || stopped()) return;
    try {
      step();
    } catch (const DeviceLost&) {
      throw;
    } catch (const std::exception& error) {
      fail(member, error.what());
    }
  }

  static void fail(Member& member, std::string error) {
    member.active = false;
    member.error = std::move(error);
  }

  /// The next sample's batch. Cold sets come from one count for the whole group: a set comes
  /// again only after every other, whichever case asks. A graph replays what it has captured.
  Batch next_batch(const Member& member) {
    Batch batch{member.timed, 0, input_.series == Series::hot ? std::size_t{0} : std::size_t{1},
                member.iterations};
    if (input_.series == Series::cold) {
      batch.first_set = next_set_;
      next_set_ += member.iterations;
    }
    return batch;
  }

  void announce(const Member& member) const {
    if (input_.on_sample) input_.on_sample(static_cast<std::size_t>(&member - members_.data()));
  }

  void calibrate(Member& member) {
    announce(member);
    const bool rotates = input_.series != Series::hot;
    const std::size_t sets = member.timed->operand_sets();
    if (sets == 0) throw std::runtime_error("the case has no operands");
    input_.timer.prime({member.timed, 0, 1, rotates ? sets : 1});
    const std::size_t most = std::max<std::size_t>(1, input_.timer.most_iterations(*member.timed));
    const double wanted = input_.timer.shortest_sample_s();
    // A graph is captured once: only if it goes round all sets does it find none in the cache.
    if (input_.series == Series::graph) member.iterations = std::min(sets, most);
    while (!stopped()) {
      const Reading reading = timed(member);
      if (!member.active || reading.time_s >= wanted || member.iterations >= most) break;
      // At least double; at most what the time seen asks for, and a little more.
      const double factor = std::clamp(1.1 * wanted / std::max(reading.time_s, 1e-9), 2.0, 1000.0);
      const double grown = std::ceil(static_cast<double>(member.iterations) * factor);
      member.iterations = static_cast<std::size_t>(std::min(grown, static_cast<double>(most)));
      input_.timer.prime(next_batch(member));
    }
  }

  /// Not for long: how a device goes from cold to hot is part of a long series.
  void warm_up() {
    constexpr double kLongest_s = 2;
    double spent_s = 0;
    do {
      for (Member& member : members_) {
        guarded(member, [&] {
          const Reading reading = timed(member);
          spent_s += reading.end_s - reading.begin_s;
        });
      }
    } while (!stopped() && any_active() && spent_s < std::min(input_.rule.min_time_s, kLongest_s));
  }

  Reading timed(Member& member) {
    announce(member);
    const Reading reading = input_.timer.time(next_batch(member));
    if (reading.gate_timeout) {
      fail(member, "gate_timeout: the work was not queued before the gate opened itself");
    }
    return reading;
  }

  /// A B B A: the order turns round every round, so a drift adds as much to one as to the other.
  void sample_round(std::uint32_t round) {
    for (std::size_t i = 0; i < members_.size(); ++i) {
      Member& member = members_[round % 2 == 0 ? i : members_.size() - 1 - i];
      guarded(member, [&] { sample(member, round); });
    }
  }

  void sample(Member& member, std::uint32_t round) {
    if (input_.disturbances) input_.disturbances->before_sample();
    const Reading reading = timed(member);
    if (!member.active) return;
    const double value = reading.time_s / static_cast<double>(member.iterations);
    member.stop.spend(reading.end_s - reading.begin_s);
    const char* disturbed = input_.disturbances
                                ? input_.disturbances->after_sample(reading.begin_s, reading.end_s)
                                : nullptr;
    if (!disturbed) member.stop.add(value, reading.time_s);
    SampleEntry entry{value, reading.begin_s, reading.end_s, round, disturbed, reading.ranks_s};
    for (double& rank_s : entry.ranks_s) rank_s /= static_cast<double>(member.iterations);
    member.record.add(std::move(entry), reading.clock_hz);
    member.stop_reason = member.stop.reason();
    if (member.stop_reason) member.active = false;
  }

  std::vector<SeriesOutcome> outcomes() {
    std::vector<SeriesOutcome> outcomes(members_.size());
    for (std::size_t i = 0; i < members_.size(); ++i) {
      Member& member = members_[i];
      SeriesOutcome& outcome = outcomes[i];
      outcome.iterations_per_sample = member.iterations;
      outcome.error = member.error;
      if (!member.error.empty()) continue;
      // A disturbance may have become known only after the sample that it covers.
      if (input_.disturbances) member.record.discard_by(*input_.disturbances);
      const bool interrupted = member.active;
      if (interrupted && member.record.kept() < input_.rule.min_samples) continue;
      outcome.samples = member.record.summary(interrupted ? "interrupted" : member.stop_reason);
      outcome.endurance = member.record.endurance();
      outcome.clocks_hz = member.record.clocks_hz();
      outcome.ranks = member.record.ranks();
      outcome.discarded_fraction = static_cast<double>(outcome.samples->discarded) /
                                   static_cast<double>(member.record.entries().size());
      if (i > 0) outcome.ratio = paired_ratio(members_[0].record, member.record);
    }
    return outcomes;
  }

  const SamplerInput& input_;
  std::vector<Member> members_;
  std::size_t next_set_ = 0;
};

}  // namespace

std::vector<SeriesOutcome> sample_group(const SamplerInput& input) {
  return GroupSampler(input).run();
}

}  // namespace assay
