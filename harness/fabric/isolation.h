// Which node, NIC, link or rack uplink is slow: plans the pairs to measure, and names the culprits.
//
// A pair is as fast as the slowest part between its ends, so one slow reading accuses two nodes and
// the link between them. A node is a suspect only when its best reading is slow. It is named only
// when every new reading against known-good partners is slow too. A slow pair whose two ends are
// good elsewhere accuses the link. How many readings that takes depends on the share of slow
// readings: on a disturbed machine where half of all readings are slow, five slow ones in a row
// prove little. This is pure arithmetic: the same readings give the same names.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "harness/fabric/culprit.h"

namespace assay {

struct IsolationRule {
  double slow_below = 0.8;         // of the fabric's typical reading at the same scope and rail
  int all_pairs_up_to = 16;        // nodes, or members of a rack, or racks; above, random partners
  int random_rounds = 3;           // with random partners
  int confirmations = 5;           // new readings against good partners before a suspect is named
  int most_confirmations = 32;     // at most, taken while the p-value is too high
  double highest_p_value = 0.001;  // of a confirmed suspicion
};

class Isolation {
 public:
  Isolation(Fabric fabric, std::uint64_t seed, IsolationRule rule = {});

  /// The next disjoint probes to measure, all at once; empty when there is no more to ask.
  std::vector<Probe> next_round();
  /// The readings of the last round, one for every probe.
  void record(const std::vector<PairReading>& readings);
  /// After the last round: what is slow, the widest cause first. Empty if the whole fabric is
  /// equally slow, which only a baseline can show.
  const std::vector<Culprit>& culprits() const { return culprits_; }
  const std::vector<PairReading>& readings() const { return readings_; }
  int rounds() const { return rounds_; }

 private:
  struct Suspicion {
    int a, b;  // a node (b is -1), or a link
    PathClass path_class;
    std::vector<PairReading> confirming;
  };

  void plan_screening();
  void suspect();
  void suspect_in(const PathClass& path_class);
  void plan_confirmation();
  void judge();
  bool slow(const PairReading& reading) const;
  bool stayed_slow(const Suspicion& suspicion) const;
  /// The probability that a sound fabric with the same share of slow readings would accuse any part
  /// with this many readings.
  double p_value(const Suspicion& suspicion) const;
  bool open(const Suspicion& suspicion) const;  // neither cleared nor certain yet
  std::vector<int> good_partners(const Suspicion& suspicion) const;

  Fabric fabric_;
  std::uint64_t seed_;
  IsolationRule rule_;
  std::vector<std::vector<Probe>> planned_;  // rounds still to run, the next one last
  std::vector<PairReading> readings_;        // of the screening
  std::vector<Suspicion> suspicions_;
  std::vector<Culprit> culprits_;
  enum class Phase { screening, confirming, done } phase_ = Phase::screening;
  int rounds_ = 0;
  std::map<PathClass, std::map<int, double>> best_;  // by node, from the screening
  std::map<PathClass, double> typical_;
  std::map<PathClass, double> slow_share_;  // of the screening's readings
};

}  // namespace assay
