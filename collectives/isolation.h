// Which node, NIC, link or rack uplink is slow: plans the pairs to measure, and names the culprits.
//
// A pair is as fast as the slowest thing between its ends, so one slow reading accuses two nodes
// and the link between them. A node is a suspect only when its best reading is slow, and is named
// only when fresh readings against partners known to be good stay slow; a pair whose two ends are
// both good elsewhere accuses the link. Pure arithmetic: the same readings give the same names.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "collectives/pairing.h"

namespace assay {

struct Fabric {
  std::vector<int> rack_of;  // by node; one rack where nothing is known
  int rails = 1;             // NICs a node, each measured alone
};

struct Probe {
  int a = 0, b = 0;  // a < b
  int rail = 0;
  bool operator==(const Probe&) const = default;
};

struct PairReading {
  Probe probe;
  double bytes_per_s = 0;
};

struct IsolationRule {
  double slow_below = 0.8;   // of the fabric's typical reading at the same scope and rail
  int all_pairs_up_to = 16;  // nodes; above, rounds of random partners
  int random_rounds = 3;     // inside racks, and as many across
  int confirmations = 5;     // fresh readings against good partners before anything is named
};

struct Culprit {
  enum class Kind { node, nic, link, rack_uplink };
  Kind kind = Kind::node;
  int a = 0;            // node, or rack for an uplink
  int b = -1;           // a link's other end
  int rail = -1;        // a NIC's or a link's rail
  double fraction = 0;  // the best confirming reading, of what is typical
  std::vector<PairReading> evidence;
};

class Isolation {
 public:
  Isolation(Fabric fabric, std::uint64_t seed, IsolationRule rule = {});

  /// The next disjoint probes to measure, all at once; empty when there is no more to ask.
  std::vector<Probe> next_round();
  /// What the last round's probes gave, every one of them.
  void record(const std::vector<PairReading>& readings);
  /// After the last round: what is slow, the widest cause first. Nothing where the whole fabric is
  /// equally slow: that is for its baseline to say.
  const std::vector<Culprit>& culprits() const { return culprits_; }
  const std::vector<PairReading>& readings() const { return readings_; }
  int rounds() const { return rounds_; }

 private:
  enum class Across { inside, outside };  // the two ends' racks: the same, or not
  struct Suspicion {
    Culprit::Kind kind;
    int a, b, rail;
    Across across;
    std::vector<PairReading> confirming;
  };

  void plan_screening();
  void suspect();
  void plan_confirmation();
  void judge();
  void merge();
  void merge_rack(int rack);
  Across across(const Probe& probe) const;
  double typical(Across across, int rail) const;
  bool slow(const PairReading& reading) const;
  double best_of(int node, Across across, int rail) const;
  std::vector<int> good_partners(const Suspicion& suspicion) const;
  int nodes() const { return static_cast<int>(fabric_.rack_of.size()); }

  Fabric fabric_;
  std::uint64_t seed_;
  IsolationRule rule_;
  std::vector<std::vector<Probe>> planned_;  // rounds still to run, the next one last
  std::vector<PairReading> readings_;        // of the screening
  std::vector<Suspicion> suspicions_;
  std::vector<Culprit> culprits_;
  enum class Phase { screening, confirming, done } phase_ = Phase::screening;
  int rounds_ = 0;
  std::map<std::pair<Across, int>, double> typical_;  // by scope and rail, from the screening
};

/// `node 3`, `NIC 1 of node 3`, `link between node 2 and node 5`; names from `node_names`.
std::string describe(const Culprit& culprit, const std::vector<std::string>& node_names,
                     const std::vector<std::string>& rack_names);

}  // namespace assay
