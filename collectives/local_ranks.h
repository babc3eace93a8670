// The ranks of this process, one a device: a thread each while something is measured between them.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "collectives/communicator.h"
#include "harness/measure/device.h"

namespace assay {

/// One rank of this process: its device, and the communicator of every rank of the run.
struct LocalRank {
  int rank = 0;
  Device* device = nullptr;
  std::unique_ptr<Communicator> world;
  std::unique_ptr<Communicator> part;                           // see LocalRanks::part
  std::vector<std::unique_ptr<Communicator>> rails;             // see LocalRanks::add_rail
  std::map<std::string, std::unique_ptr<Communicator>> forced;  // see LocalRanks::force
  /// The first of its process: it drives what a process has once (Google Benchmark, the documents).
  bool is_first_of_process = false;
};

class LocalRanks {
 public:
  /// Called in the rank's own thread, of all local ranks at once.
  using Join = std::function<std::unique_ptr<Communicator>(int rank, Device& device)>;

  /// Ranks count from `first` in the order of `devices`, which outlive them.
  LocalRanks(int first, const std::vector<Device*>& devices, const Join& join);
  /// Every rank's communicator ends in its own thread: libraries wait for the others there.
  ~LocalRanks();
  LocalRanks(const LocalRanks&) = delete;
  LocalRanks& operator=(const LocalRanks&) = delete;

  /// Runs `step` of every local rank at once, the first one's in the calling thread. When one
  /// throws, the communicators of all are aborted, so that none waits for it; what broke first is
  /// thrown on, an Error before the losses that it caused.
  void each(const std::function<void(LocalRank&)>& step);

  /// The communicator of `members`, of which `rank` is one; it lives until the rank's next one. As
  /// Communicator::subgroup, and an abort reaches it.
  Communicator& part(LocalRank& rank, const std::vector<int>& members, const std::string& name);

  /// Joins every rank once more, by a way of its own (one NIC), as the next of its `rails`.
  void add_rail(const Join& join);

  /// Another communicator of `all`'s ranks, made while the library is told to take `algorithm`; it
  /// replaces the rank's last one of that algorithm, and an abort reaches it.
  Communicator& force(LocalRank& rank, Communicator& all, const std::string& algorithm);

  /// From any thread.
  void abort() noexcept;
  std::size_t size() const { return ranks_.size(); }

 private:
  std::vector<LocalRank> ranks_;
  std::mutex joining_;  // a rank that joins, and an abort that must reach it
  bool aborted_ = false;
};

}  // namespace assay
