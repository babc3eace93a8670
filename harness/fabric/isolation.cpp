// Screening, and confirmation against known-good partners.
#include "harness/fabric/isolation.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "harness/core/statistics.h"
#include "harness/fabric/pairing.h"

namespace assay {

namespace {

bool touches(const Probe& probe, int node) { return probe.a == node || probe.b == node; }

/// What is slow is slow every time; noise only makes a sound one slow now and then.
double best_reading(const std::vector<PairReading>& readings) {
  double best = 0;
  for (const PairReading& reading : readings) best = std::max(best, reading.bytes_per_s);
  return best;
}

/// Inside every rack at once: all pairs, or rounds of random partners where it is too large.
std::vector<Round> rounds_inside(const Fabric& fabric, std::uint64_t seed,
                                 const IsolationRule& rule) {
  std::map<int, std::vector<int>> racks;
  for (int node = 0; node < fabric.nodes(); ++node)
    racks[fabric.rack_of[static_cast<std::size_t>(node)]].push_back(node);
  std::vector<Round> rounds;
  for (const auto& [rack, members] : racks) {
    const int count = static_cast<int>(members.size());
    std::vector<Round> own;
    if (count <= rule.all_pairs_up_to) {
      own = all_pairs(count);
      for (Round& round : own)
        for (auto& [a, b] : round)
          a = members[static_cast<std::size_t>(a)], b = members[static_cast<std::size_t>(b)];
    } else {
      const std::uint64_t salt = seed + static_cast<std::uint64_t>(rack) * 1000003;
      for (int i = 0; i < rule.random_rounds; ++i)
        own.push_back(random_round(members, salt + static_cast<std::uint64_t>(i)));
    }
    rounds.resize(std::max(rounds.size(), own.size()));
    for (std::size_t i = 0; i < own.size(); ++i)
      rounds[i].insert(rounds[i].end(), own[i].begin(), own[i].end());
  }
  return rounds;
}

/// Every two racks against each other, all members at once; random racks where there are too many.
std::vector<Round> rounds_across(const Fabric& fabric, std::uint64_t seed,
                                 const IsolationRule& rule) {
  const std::set<int> distinct(fabric.rack_of.begin(), fabric.rack_of.end());
  const std::vector<int> racks(distinct.begin(), distinct.end());
  std::vector<Round> rounds;
  if (static_cast<int>(racks.size()) <= rule.all_pairs_up_to) {
    for (const Round& halves : all_pairs(static_cast<int>(racks.size()))) {
      Round round;
      for (const auto& [one, other] : halves) {
        const Round some = random_round_between(
            fabric.rack_of,
            {racks[static_cast<std::size_t>(one)], racks[static_cast<std::size_t>(other)]},
            seed + 7919 * rounds.size());
        round.insert(round.end(), some.begin(), some.end());
      }
      rounds.push_back(std::move(round));
    }
    return rounds;
  }
  for (int i = 0; i < rule.random_rounds; ++i)
    rounds.push_back(
        random_cross_round(fabric.rack_of, seed + 7919 + static_cast<std::uint64_t>(i)));
  return rounds;
}

}  // namespace

Isolation::Isolation(Fabric fabric, std::uint64_t seed, IsolationRule rule)
    : fabric_(std::move(fabric)), seed_(seed), rule_(rule) {
  plan_screening();
}

std::vector<Probe> Isolation::next_round() {
  if (planned_.empty()) {
    if (phase_ == Phase::screening) {
      phase_ = Phase::confirming;
      suspect();
    }
    if (phase_ == Phase::confirming) plan_confirmation();
    if (planned_.empty() && phase_ == Phase::confirming) {
      phase_ = Phase::done;
      judge();
    }
    if (planned_.empty()) return {};
  }
  std::vector<Probe> round = std::move(planned_.back());
  planned_.pop_back();
  ++rounds_;
  return round;
}

void Isolation::record(const std::vector<PairReading>& readings) {
  if (phase_ == Phase::screening) {
    readings_.insert(readings_.end(), readings.begin(), readings.end());
    return;
  }
  for (const PairReading& reading : readings) {
    const Probe& probe = reading.probe;
    for (Suspicion& suspicion : suspicions_) {
      const bool about = suspicion.b < 0 ? touches(probe, suspicion.a)
                                         : probe.a == suspicion.a && probe.b == suspicion.b;
      if (about && path_class_of(fabric_, probe) == suspicion.path_class)
        suspicion.confirming.push_back(reading);
    }
  }
}

void Isolation::plan_screening() {
  std::vector<Round> rounds;
  if (fabric_.nodes() <= rule_.all_pairs_up_to) {
    rounds = all_pairs(fabric_.nodes());
  } else {
    rounds = rounds_inside(fabric_, seed_, rule_);
    const std::vector<Round> across = rounds_across(fabric_, seed_, rule_);
    rounds.insert(rounds.end(), across.begin(), across.end());
  }
  for (int rail = 0; rail < fabric_.rails; ++rail) {
    for (const Round& round : rounds) {
      std::vector<Probe> probes;
      for (const auto& [a, b] : round) probes.push_back({a, b, rail});
      if (!probes.empty()) planned_.push_back(std::move(probes));
    }
  }
  std::reverse(planned_.begin(), planned_.end());
}

bool Isolation::slow(const PairReading& reading) const {
  return reading.bytes_per_s <
         rule_.slow_below * typical_.at(path_class_of(fabric_, reading.probe));
}

void Isolation::suspect() {
  for (const PairReading& reading : readings_) {
    std::map<int, double>& best = best_[path_class_of(fabric_, reading.probe)];
    for (const int node : {reading.probe.a, reading.probe.b})
      best[node] = std::max(best[node], reading.bytes_per_s);
  }
  for (const auto& [path_class, best] : best_) {
    std::vector<double> values;
    for (const auto& [node, bytes_per_s] : best) values.push_back(bytes_per_s);
    typical_[path_class] = median(values);
  }
  for (const auto& [path_class, best] : best_) suspect_in(path_class);
  std::map<PathClass, std::pair<double, double>> slow_of;
  for (const PairReading& reading : readings_) {
    auto& [slow_ones, all] = slow_of[path_class_of(fabric_, reading.probe)];
    slow_ones += slow(reading) ? 1 : 0;
    all += 1;
  }
  for (const auto& [path_class, counts] : slow_of)
    slow_share_[path_class] = counts.first / counts.second;
}

void Isolation::suspect_in(const PathClass& path_class) {
  std::set<int> suspects;
  for (const auto& [node, bytes_per_s] : best_.at(path_class)) {
    if (bytes_per_s >= rule_.slow_below * typical_.at(path_class)) continue;
    suspects.insert(node);
    suspicions_.push_back({node, -1, path_class, {}});
  }
  std::set<Pair> links;
  for (const PairReading& reading : readings_) {
    const Probe& probe = reading.probe;
    if (path_class_of(fabric_, probe) != path_class || !slow(reading)) continue;
    if (suspects.contains(probe.a) || suspects.contains(probe.b)) continue;
    if (links.insert({probe.a, probe.b}).second)
      suspicions_.push_back({probe.a, probe.b, path_class, {}});
  }
}

std::vector<int> Isolation::good_partners(const Suspicion& suspicion) const {
  const double limit = rule_.slow_below * typical_.at(suspicion.path_class);
  const auto rack = [&](int node) { return fabric_.rack_of[static_cast<std::size_t>(node)]; };
  std::vector<int> partners;
  for (const auto& [node, bytes_per_s] : best_.at(suspicion.path_class)) {
    const bool across = rack(node) != rack(suspicion.a);
    if (node != suspicion.a && across == suspicion.path_class.across && bytes_per_s >= limit)
      partners.push_back(node);
  }
  return partners;
}

double Isolation::p_value(const Suspicion& suspicion) const {
  const auto in_class =
      std::count_if(suspicions_.begin(), suspicions_.end(),
                    [&](const auto& each) { return each.path_class == suspicion.path_class; });
  return static_cast<double>(in_class) *
         std::pow(slow_share_.at(suspicion.path_class), suspicion.confirming.size());
}

bool Isolation::stayed_slow(const Suspicion& suspicion) const {
  return std::all_of(suspicion.confirming.begin(), suspicion.confirming.end(),
                     [&](const PairReading& reading) { return slow(reading); });
}

bool Isolation::open(const Suspicion& suspicion) const {
  const int taken = static_cast<int>(suspicion.confirming.size());
  if (!stayed_slow(suspicion) || taken >= rule_.most_confirmations) return false;
  return taken < rule_.confirmations || p_value(suspicion) > rule_.highest_p_value;
}

/// One round: a reading for each suspicion that is still open and has a free partner.
void Isolation::plan_confirmation() {
  std::vector<Probe> round;
  std::set<int> busy;
  for (const Suspicion& suspicion : suspicions_) {
    if (busy.contains(suspicion.a) || !open(suspicion)) continue;
    std::vector<int> partners = {suspicion.b};
    if (suspicion.b < 0) partners = good_partners(suspicion);
    // A node meets one partner after the other.
    const auto turn = static_cast<std::uint64_t>(suspicion.a) + suspicion.confirming.size();
    for (std::size_t i = 0; i < partners.size(); ++i) {
      const int partner = partners[(seed_ + turn + i) % partners.size()];
      if (busy.contains(partner)) continue;
      const auto [a, b] = std::minmax(suspicion.a, partner);
      round.push_back({a, b, suspicion.path_class.rail});
      busy.insert({a, b});
      break;
    }
  }
  if (!round.empty()) planned_.push_back(std::move(round));
}

void Isolation::judge() {
  std::vector<SlowPath> slow;
  for (Suspicion& suspicion : suspicions_) {
    if (suspicion.confirming.empty()) continue;  // no good partner: not for us to name
    if (!stayed_slow(suspicion) || p_value(suspicion) > rule_.highest_p_value) continue;
    const double fraction = best_reading(suspicion.confirming) / typical_.at(suspicion.path_class);
    slow.push_back({suspicion.a, suspicion.b, suspicion.path_class, fraction, p_value(suspicion),
                    std::move(suspicion.confirming)});
  }
  culprits_ = causes_of(fabric_, std::move(slow));
}

}  // namespace assay
