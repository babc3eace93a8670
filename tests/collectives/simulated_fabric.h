// A fabric whose faults are known: what every pair would read, with noise, from the truth.
#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <set>
#include <stdexcept>

#include "harness/fabric/isolation.h"

namespace assay::test {

/// Bandwidths in units of a healthy NIC. A pair reads the slowest thing between its ends.
class SimulatedFabric {
 public:
  SimulatedFabric(int nodes, int nodes_a_rack, int rails, double noise, std::uint64_t seed)
      : noise_(noise), random_(seed) {
    for (int node = 0; node < nodes; ++node) fabric_.rack_of.push_back(node / nodes_a_rack);
    fabric_.rails = rails;
  }

  const Fabric& fabric() const { return fabric_; }
  void slow_node(int node, double factor) {
    for (int rail = 0; rail < fabric_.rails; ++rail) nic_[{node, rail}] = factor;
  }
  void slow_nic(int node, int rail, double factor) { nic_[{node, rail}] = factor; }
  void slow_link(int a, int b, double factor) { link_[std::minmax(a, b)] = factor; }
  void slow_uplink(int rack, double factor) { uplink_[rack] = factor; }
  void slow_everything(double factor) { everything_ = factor; }
  /// Others use the machine: every reading loses a half-normal part of its logarithm.
  void disturb(double deviation) { disturbance_ = deviation; }

  PairReading read(const Probe& probe) {
    const auto of = [](const auto& faults, const auto& key) {
      const auto found = faults.find(key);
      return found == faults.end() ? 1.0 : found->second;
    };
    double speed = std::min(of(nic_, std::pair(probe.a, probe.rail)),
                            of(nic_, std::pair(probe.b, probe.rail)));
    speed = std::min(speed, of(link_, std::pair(probe.a, probe.b)));
    const int rack_a = fabric_.rack_of[static_cast<std::size_t>(probe.a)];
    const int rack_b = fabric_.rack_of[static_cast<std::size_t>(probe.b)];
    if (rack_a != rack_b) speed = 0.7 * std::min({speed, of(uplink_, rack_a), of(uplink_, rack_b)});
    std::normal_distribution<double> normal;
    double loss = 0;
    if (disturbance_ > 0)
      loss = disturbance_ * std::abs(std::normal_distribution<double>()(random_));
    return {probe, speed * everything_ * std::exp(noise_ * normal(random_) - loss)};
  }

  /// Runs the whole isolation; checks that no node is in a round twice.
  std::vector<Culprit> isolate(std::uint64_t seed, int* rounds = nullptr) {
    Isolation isolation(fabric_, seed);
    for (;;) {
      const std::vector<Probe> round = isolation.next_round();
      if (round.empty()) break;
      std::set<int> busy;
      std::vector<PairReading> readings;
      for (const Probe& probe : round) {
        if (!busy.insert(probe.a).second || !busy.insert(probe.b).second)
          throw std::logic_error("a node is in one round twice");
        readings.push_back(read(probe));
      }
      isolation.record(readings);
    }
    if (rounds != nullptr) *rounds = isolation.rounds();
    return isolation.culprits();
  }

 private:
  Fabric fabric_;
  double noise_;
  std::mt19937_64 random_;
  std::map<std::pair<int, int>, double> nic_, link_;
  std::map<int, double> uplink_;
  double everything_ = 1, disturbance_ = 0;
};

}  // namespace assay::test
