// The sampler: calibration, warm-up, and rounds of alternated samples.
#include "harness/measure/sampler.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <exception>
#include <string_view>
#include <utility>

#include "harness/measure/device_lost.h"
#include "harness/measure/stop_rule.h"

namespace assay {

namespace {

/// How little a reason says that a pass had enough.
int unsettled(const char* stop_reason) {
  constexpr std::array<std::string_view, 3> kOrder = {"stable", "noise_stable", "max_time"};
  if (!stop_reason) return -1;
  return static_cast<int>(std::find(kOrder.begin(), kOrder.end(), stop_reason) - kOrder.begin());
}

/// One case in the pass that is under way.
struct Member {
  Member(TimedCase& timed_case, const SamplingRule& rule, SeriesSoFar& series)
      : timed(&timed_case),
        so_far(&series),
        share(share_of_pass(rule, series.passes, series.spent_s)),
        stop(share) {}

  TimedCase* timed;
  SeriesSoFar* so_far;
  SamplingRule share;
  StopRule stop;
  bool active = true;
  const char* stop_reason = nullptr;
  std::string error;
};

class GroupSampler {
 public:
  explicit GroupSampler(const SamplerInput& input)
      : input_(input), alone_(input.so_far.empty() ? input.cases.size() : 0) {
    members_.reserve(input.cases.size());
    for (std::size_t i = 0; i < input.cases.size(); ++i) {
      SeriesSoFar& so_far = input.so_far.empty() ? alone_[i] : *input.so_far[i];
      members_.emplace_back(*input.cases[i], input.rule, so_far);
      first_round_ = std::max(first_round_, so_far.record.next_round());
    }
  }

  std::vector<SeriesOutcome> run() {
    for (Member& member : members_) guarded(member, [&] { calibrate(member); });
    warm_up();
    for (std::uint32_t round = first_round_; !stopped() && any_active(); ++round)
      sample_round(round);
    std::vector<SeriesOutcome> outcomes;
    for (Member& member : members_) outcomes.push_back(outcome(member));
    return outcomes;
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
      if (input_.device) throw_if_lost(*input_.device, error.what());
      fail(member, error.what());
    }
    if (!member.active && input_.on_end && any_active())
      input_.on_end(number_of(member), outcome_now(member));
  }

  std::size_t number_of(const Member& member) const {
    return static_cast<std::size_t>(&member - members_.data());
  }

  static void fail(Member& member, std::string error) {
    member.active = false;
    member.error = std::move(error);
  }

  /// The next sample's batch. Cold sets come from one count for the whole group: a set comes
  /// again only after every other, whichever case asks. A graph replays what it has captured.
  Batch next_batch(const Member& member) {
    Batch batch{member.timed, 0, input_.series == Series::hot ? std::size_t{0} : std::size_t{1},
                member.so_far->iterations};
    if (input_.series == Series::cold) {
      batch.first_set = next_set_;
      next_set_ += batch.iterations;
    }
    return batch;
  }

  void announce(const Member& member) const {
    if (input_.on_sample) input_.on_sample(number_of(member));
  }

  void calibrate(Member& member) {
    announce(member);
    const bool rotates = input_.series != Series::hot;
    const std::size_t sets = member.timed->operand_sets();
    if (sets == 0) throw std::runtime_error("the case has no operands");
    input_.timer.prime({member.timed, 0, 1, rotates ? sets : 1});
    const std::size_t most = std::max<std::size_t>(1, input_.timer.most_iterations(*member.timed));
    const double wanted = input_.timer.shortest_sample_s();
    std::size_t& iterations = member.so_far->iterations;
    // A graph is captured once: only if it goes round all sets does it find none in the cache.
    if (input_.series == Series::graph) iterations = std::min(sets, most);
    while (!stopped()) {
      const Reading reading = timed(member);
      if (!member.active || reading.time_s >= wanted || iterations >= most) break;
      // At least double; at most what the time seen asks for, and a little more.
      const double factor = std::clamp(1.1 * wanted / std::max(reading.time_s, 1e-9), 2.0, 1000.0);
      const double grown = std::ceil(static_cast<double>(iterations) * factor);
      iterations = static_cast<std::size_t>(std::min(grown, static_cast<double>(most)));
      input_.timer.prime(next_batch(member));
    }
  }

  /// Not for long: how a device goes from cold to hot is part of a long series.
  void warm_up() {
    constexpr double kLongest_s = 2;
    const double least_s = std::min(input_.rule.min_time_s / input_.rule.passes, kLongest_s);
    double spent_s = 0;
    do {
      for (Member& member : members_) {
        guarded(member, [&] {
          const Reading reading = timed(member);
          spent_s += reading.end_s - reading.begin_s;
        });
      }
    } while (!stopped() && any_active() && spent_s < least_s);
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
    const char* disturbed = input_.disturbances
                                ? input_.disturbances->after_sample(reading.begin_s, reading.end_s)
                                : nullptr;
    const auto iterations = static_cast<double>(member.so_far->iterations);
    const double value_s = reading.time_s / iterations;
    member.stop.spend(reading.end_s - reading.begin_s);
    if (!disturbed) member.stop.add(value_s, reading.time_s);
    SampleEntry entry{value_s,   reading.begin_s, reading.end_s,        round,
                      disturbed, reading.ranks_s, member.so_far->passes};
    for (double& rank_s : entry.ranks_s) rank_s /= iterations;
    member.so_far->record.add(std::move(entry), reading.clock_hz);
    member.stop_reason = member.stop.reason();
    if (member.stop_reason) member.active = false;
  }

  const char* less_settled(const Member& member) const {
    const char* before = member.so_far->stop_reason;
    return unsettled(member.stop_reason) > unsettled(before) ? member.stop_reason : before;
  }

  /// Of a member that has ended, while others of the group go on.
  SeriesOutcome outcome_now(Member& member) {
    return described(member, member.so_far->passes + 1, less_settled(member));
  }

  SeriesOutcome outcome(Member& member) {
    SeriesSoFar& so_far = *member.so_far;
    so_far.spent_s += member.stop.spent_s();
    if (!member.active && member.error.empty()) {
      so_far.stop_reason = less_settled(member);
      ++so_far.passes;
    }
    return described(member, so_far.passes, so_far.stop_reason);
  }

  /// All passes so far, of which `passes` ended by themselves.
  SeriesOutcome described(Member& member, int passes, const char* stop_reason) {
    SeriesOutcome outcome;
    SeriesRecord& record = member.so_far->record;
    outcome.iterations_per_sample = member.so_far->iterations;
    outcome.error = member.error;
    if (!member.error.empty()) return outcome;
    // A disturbance may have become known only after the sample that it covers.
    if (input_.disturbances) record.discard_by(*input_.disturbances);
    if (member.active && record.kept() < member.share.min_samples) return outcome;
    outcome.samples = record.summary(passes < input_.rule.passes ? "interrupted" : stop_reason);
    outcome.endurance = record.endurance();
    outcome.clocks_hz = record.clocks_hz();
    outcome.ranks = record.ranks();
    outcome.discarded_fraction = static_cast<double>(outcome.samples->discarded) /
                                 static_cast<double>(record.entries().size());
    if (&member != &members_.front())
      outcome.ratio = paired_ratio(members_.front().so_far->record, record);
    return outcome;
  }

  const SamplerInput& input_;
  std::vector<SeriesSoFar> alone_;
  std::vector<Member> members_;
  std::uint32_t first_round_ = 0;
  std::size_t next_set_ = 0;
};

}  // namespace

std::vector<SeriesOutcome> sample_group(const SamplerInput& input) {
  return GroupSampler(input).run();
}

}  // namespace assay
