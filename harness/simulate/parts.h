// What a simulated document is put together from.
#pragma once

#include "harness/simulate/model.h"
#include "harness/simulate/random.h"

namespace assay::simulate {

/// Shares of what the hardware allows that a healthy device reaches, and the time of a launch:
/// what the shipped baselines have, so that a healthy simulated node passes them.
inline constexpr double kComputeShare = 0.75, kMemoryShare = 0.93, kLinkShare = 0.85;
/// The same, of the links' rate, of an all-reduce that NVLink switches add up (NVLS, from Hopper):
/// less crosses a link than the bus factor counts.
inline constexpr double kMulticastShare = 1.04;
inline constexpr double kLaunchS = 3e-6, kCollectiveLaunchS = 15e-6;

bool concerns(const Fault& fault, int node, int device);

/// `node-00012`.
std::string node_name(int node);
/// What all nodes have in common.
NodeFacts still_node(const SimulationModel& model);
/// One of them, with its names and what its faults leave.
NodeFacts node_facts(const NodeFacts& still, const SimulationModel& model, int node);

/// Work, and the rates of what does it: what the hardware allows, and what a healthy device
/// reaches.
struct Bound {
  double flop = 0, bytes = 0;
  double flop_per_s = 0, bytes_per_s = 0;  ///< What the hardware allows; 0: it does not bound.
  bool is_link = false;                    ///< What the bytes go over; else memory.
  bool is_timed_by_bytes = true;           ///< A hot series may run from cache.

  double least_s() const;
  double healthy_s() const;
  /// compute | memory | link; empty where nothing says what the workload's bound is.
  std::string known_by(const std::string& workload) const;
};

/// What a series is drawn from: its time, how its samples differ, how many there are in how many
/// passes.
struct SeriesPlan {
  double median_s = 0, noise = 0, slow_share = 0;
  std::int64_t samples = 64;
  int passes = 1;
};

/// One of a series' passes, whose values are met from the least on.
struct PassMedian {
  std::size_t count = 0, seen = 0;
  double low = 0, median_s = 0;
};

/// Of one series, used again for the next.
struct SeriesMemory {
  std::vector<double> values, in_order;
  std::vector<int> places, order;  ///< Of `order`: the place in `values` of each in `in_order`.
  std::vector<int> pass_of;        ///< Each in `values`.
  std::vector<PassMedian> passes;
};

/// The samples, summarised as the sampler would.
void simulate_samples(const SeriesPlan& plan, Random& random, SeriesMemory& memory,
                      Samples& samples);

/// Sets the rates, and the fraction of the speed of light, that follow from the median.
void add_rates(const Bound& bound, Measurement& measurement);

/// Whether NVLink switches add up the workload's data.
bool has_multicast(const GpuModel& gpu, const std::string& workload);

/// Of the bits that every device computes.
std::string checksum_of(const std::string& what);

/// As of a device at work under its power limit.
Json telemetry_of(const GpuModel& gpu);

}  // namespace assay::simulate
