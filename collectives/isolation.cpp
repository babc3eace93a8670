// Screening, confirmation against known-good partners, and the merge into the widest cause.
#include "collectives/isolation.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "harness/core/statistics.h"

namespace assay {

namespace {

bool touches(const Probe& probe, int node) { return probe.a == node || probe.b == node; }

/// Packs probes into as few rounds as first-fit finds, none with a node twice.
std::vector<std::vector<Probe>> disjoint_rounds(const std::vector<Probe>& probes) {
  std::vector<std::vector<Probe>> rounds;
  std::vector<std::set<int>> busy;
  for (const Probe& probe : probes) {
    std::size_t round = 0;
    while (round < rounds.size() &&
           (busy[round].contains(probe.a) || busy[round].contains(probe.b)))
      ++round;
    if (round == rounds.size()) {
      rounds.emplace_back();
      busy.emplace_back();
    }
    rounds[round].push_back(probe);
    busy[round].insert({probe.a, probe.b});
  }
  return rounds;
}

/// What is slow is slow every time; noise only makes a sound one slow now and then.
double best_reading(const std::vector<PairReading>& readings) {
  double best = 0;
  for (const PairReading& reading : readings) best = std::max(best, reading.bytes_per_s);
  return best;
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
      plan_confirmation();
    }
    if (planned_.empty() && phase_ == Phase::confirming) {
      phase_ = Phase::done;
      judge();
      merge();
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
    for (Suspicion& suspicion : suspicions_) {
      const Probe& probe = reading.probe;
      const bool link = suspicion.kind == Culprit::Kind::link;
      if (probe.rail == suspicion.rail && across(probe) == suspicion.across &&
          (link ? probe.a == suspicion.a && probe.b == suspicion.b : touches(probe, suspicion.a)))
        suspicion.confirming.push_back(reading);
    }
  }
}

void Isolation::plan_screening() {
  std::vector<Round> rounds;
  if (nodes() <= rule_.all_pairs_up_to) {
    rounds = all_pairs(nodes());
  } else {
    std::map<int, std::vector<int>> racks;
    for (int node = 0; node < nodes(); ++node)
      racks[fabric_.rack_of[static_cast<std::size_t>(node)]].push_back(node);
    for (int i = 0; i < rule_.random_rounds; ++i) {
      Round inside;
      for (const auto& [rack, members] : racks) {
        const auto salt = static_cast<std::uint64_t>(rack) * 1000003;
        const Round some = random_round(members, seed_ + salt + static_cast<std::uint64_t>(i));
        inside.insert(inside.end(), some.begin(), some.end());
      }
      rounds.push_back(inside);
      if (racks.size() > 1)
        rounds.push_back(
            random_cross_round(fabric_.rack_of, seed_ + 7919 + static_cast<std::uint64_t>(i)));
    }
  }
  for (int rail = fabric_.rails - 1; rail >= 0; --rail) {
    for (auto round = rounds.rbegin(); round != rounds.rend(); ++round) {
      std::vector<Probe> probes;
      for (const auto& [a, b] : *round) probes.push_back({a, b, rail});
      if (!probes.empty()) planned_.push_back(std::move(probes));
    }
  }
}

Isolation::Across Isolation::across(const Probe& probe) const {
  const auto rack = [&](int node) { return fabric_.rack_of[static_cast<std::size_t>(node)]; };
  return rack(probe.a) == rack(probe.b) ? Across::inside : Across::outside;
}

double Isolation::best_of(int node, Across where, int rail) const {
  double best = 0;
  for (const PairReading& reading : readings_)
    if (touches(reading.probe, node) && reading.probe.rail == rail &&
        across(reading.probe) == where)
      best = std::max(best, reading.bytes_per_s);
  return best;
}

double Isolation::typical(Across where, int rail) const {
  const auto found = typical_.find({where, rail});
  return found == typical_.end() ? 0 : found->second;
}

bool Isolation::slow(const PairReading& reading) const {
  return reading.bytes_per_s <
         rule_.slow_below * typical(across(reading.probe), reading.probe.rail);
}

void Isolation::suspect() {
  for (int rail = 0; rail < fabric_.rails; ++rail) {
    for (const Across where : {Across::inside, Across::outside}) {
      std::vector<std::pair<int, double>> best;
      for (int node = 0; node < nodes(); ++node)
        if (const double bytes_per_s = best_of(node, where, rail); bytes_per_s > 0)
          best.emplace_back(node, bytes_per_s);
      if (best.empty()) continue;
      std::vector<double> values;
      for (const auto& [node, bytes_per_s] : best) values.push_back(bytes_per_s);
      typical_[{where, rail}] = median(values);
      const double limit = rule_.slow_below * typical(where, rail);
      std::set<int> suspects;
      for (const auto& [node, bytes_per_s] : best) {
        if (bytes_per_s >= limit) continue;
        suspects.insert(node);
        suspicions_.push_back({Culprit::Kind::node, node, -1, rail, where, {}});
      }
      std::set<Pair> links;
      for (const PairReading& reading : readings_) {
        const Probe& probe = reading.probe;
        if (probe.rail != rail || across(probe) != where || !slow(reading)) continue;
        if (suspects.contains(probe.a) || suspects.contains(probe.b)) continue;
        if (links.insert({probe.a, probe.b}).second)
          suspicions_.push_back({Culprit::Kind::link, probe.a, probe.b, rail, where, {}});
      }
    }
  }
}

std::vector<int> Isolation::good_partners(const Suspicion& suspicion) const {
  const double limit = rule_.slow_below * typical(suspicion.across, suspicion.rail);
  std::vector<int> partners;
  for (int node = 0; node < nodes(); ++node) {
    const Probe probe{std::min(node, suspicion.a), std::max(node, suspicion.a), suspicion.rail};
    if (node != suspicion.a && across(probe) == suspicion.across &&
        best_of(node, suspicion.across, suspicion.rail) >= limit)
      partners.push_back(node);
  }
  return partners;
}

void Isolation::plan_confirmation() {
  std::vector<Probe> probes;
  for (const Suspicion& suspicion : suspicions_) {
    if (suspicion.kind == Culprit::Kind::link) {
      probes.insert(probes.end(), static_cast<std::size_t>(rule_.confirmations),
                    Probe{suspicion.a, suspicion.b, suspicion.rail});
      continue;
    }
    const std::vector<int> partners = good_partners(suspicion);
    for (int i = 0; i < rule_.confirmations && !partners.empty(); ++i) {
      // Different suspects start at different partners, so that they seldom wait for each other.
      const auto at = (seed_ + static_cast<std::uint64_t>(suspicion.a + i)) % partners.size();
      const int partner = partners[at];
      probes.push_back(
          {std::min(partner, suspicion.a), std::max(partner, suspicion.a), suspicion.rail});
    }
  }
  planned_ = disjoint_rounds(probes);
}

void Isolation::judge() {
  for (const Suspicion& suspicion : suspicions_) {
    if (suspicion.confirming.empty()) continue;  // no good partner: not for us to name
    const double fraction =
        best_reading(suspicion.confirming) / typical(suspicion.across, suspicion.rail);
    if (fraction >= rule_.slow_below) continue;
    culprits_.push_back(
        {suspicion.kind, suspicion.a, suspicion.b, suspicion.rail, fraction, suspicion.confirming});
  }
}

/// Many slow readings with one cause become that cause: a rack's uplink, a node, else its NICs.
void Isolation::merge() {
  for (const int rack : std::set<int>(fabric_.rack_of.begin(), fabric_.rack_of.end()))
    merge_rack(rack);
  for (int node = 0; node < nodes(); ++node) {
    std::set<int> rails;
    Culprit whole{Culprit::Kind::node, node, -1, -1, 1, {}};
    for (Culprit& culprit : culprits_) {
      if (culprit.kind != Culprit::Kind::node || culprit.a != node) continue;
      rails.insert(culprit.rail);
      whole.fraction = std::min(whole.fraction, culprit.fraction);
      whole.evidence.insert(whole.evidence.end(), culprit.evidence.begin(), culprit.evidence.end());
    }
    if (rails.empty()) continue;
    if (static_cast<int>(rails.size()) == fabric_.rails) {
      std::erase_if(culprits_, [&](const Culprit& culprit) {
        return culprit.kind == Culprit::Kind::node && culprit.a == node;
      });
      culprits_.push_back(std::move(whole));
      continue;
    }
    // Slow inside the rack and outside it is one slow NIC, not two.
    std::set<int> named;
    std::erase_if(culprits_, [&](Culprit& culprit) {
      if (culprit.kind != Culprit::Kind::node || culprit.a != node) return false;
      culprit.kind = Culprit::Kind::nic;
      return !named.insert(culprit.rail).second;
    });
  }
  std::stable_sort(culprits_.begin(), culprits_.end(), [](const Culprit& a, const Culprit& b) {
    const auto width = [](const Culprit& culprit) {
      switch (culprit.kind) {
        case Culprit::Kind::rack_uplink:
          return 0;
        case Culprit::Kind::node:
          return 1;
        case Culprit::Kind::nic:
          return 2;
        case Culprit::Kind::link:
          break;
      }
      return 3;
    };
    return width(a) < width(b);
  });
}

void Isolation::merge_rack(int rack) {
  const auto in_rack = [&](int node) {
    return fabric_.rack_of[static_cast<std::size_t>(node)] == rack;
  };
  const auto outside = [&](const Culprit& culprit) {
    return culprit.kind == Culprit::Kind::node && in_rack(culprit.a) &&
           across(culprit.evidence.front().probe) == Across::outside;
  };
  std::set<int> slow_inside, slow_outside;
  Culprit uplink{Culprit::Kind::rack_uplink, rack, -1, -1, 1, {}};
  for (const Culprit& culprit : culprits_) {
    if (culprit.kind != Culprit::Kind::node || !in_rack(culprit.a)) continue;
    (outside(culprit) ? slow_outside : slow_inside).insert(culprit.a);
    if (!outside(culprit)) continue;
    uplink.fraction = std::min(uplink.fraction, culprit.fraction);
    uplink.evidence.insert(uplink.evidence.end(), culprit.evidence.begin(), culprit.evidence.end());
  }
  int members = 0, only_outside = 0;
  for (int node = 0; node < nodes(); ++node) {
    if (!in_rack(node)) continue;
    ++members;
    only_outside += slow_outside.contains(node) && !slow_inside.contains(node);
  }
  // Nearly all: a node that is slow by itself is also slow outside, and one may have been lucky.
  if (only_outside < 2 || only_outside * 10 < (members - static_cast<int>(slow_inside.size())) * 8)
    return;
  std::erase_if(culprits_, [&](const Culprit& culprit) {
    return outside(culprit) && !slow_inside.contains(culprit.a);
  });
  culprits_.push_back(std::move(uplink));
}

std::string describe(const Culprit& culprit, const std::vector<std::string>& node_names,
                     const std::vector<std::string>& rack_names) {
  const auto node = [&](int index) { return node_names[static_cast<std::size_t>(index)]; };
  switch (culprit.kind) {
    case Culprit::Kind::node:
      return fmt::format("node {}", node(culprit.a));
    case Culprit::Kind::nic:
      return fmt::format("NIC {} of node {}", culprit.rail, node(culprit.a));
    case Culprit::Kind::link:
      return fmt::format("link between node {} and node {}", node(culprit.a), node(culprit.b));
    case Culprit::Kind::rack_uplink:
      return fmt::format("uplink of rack {}", rack_names[static_cast<std::size_t>(culprit.a)]);
  }
  return "";
}

}  // namespace assay
