// The ranks of this process, one per device, each with a thread while ranks are measured together.
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
  /// The first rank of its process, which drives the per-process parts (Google Benchmark, the
  /// documents).
  bool is_first_of_process = false;
};

class LocalRanks {
 public:
  /// Called in each rank's own thread, for all local ranks at once.
  using Join = std::function<std::unique_ptr<Communicator>(int rank, Device& device)>;

  /// Ranks are numbered from `first` in the order of `devices`, which must outlive this object.
  LocalRanks(int first, const std::vector<Device*>& devices, const Join& join);
  /// Destroys every rank's communicator in its own thread, because libraries wait for the other
  /// ranks there.
  ~LocalRanks();
  LocalRanks(const LocalRanks&) = delete;
  LocalRanks& operator=(const LocalRanks&) = delete;

  /// Runs `step` for every local rank at once, for the first one in the calling thread. When one
  /// throws, the communicators of all are aborted so that none waits for it. Rethrows the first
  /// exception, but an Error in preference to the LostPeer exceptions that it caused.
  void each(const std::function<void(LocalRank&)>& step);

  /// The communicator of `members`, which include `rank`; valid until the rank's next call. Like
  /// Communicator::subgroup(), but abort() also ends it.
  Communicator& part(LocalRank& rank, const std::vector<int>& members, const std::string& name);

  /// Joins every rank again over a path of its own (one NIC), as the next of its `rails`.
  void add_rail(const Join& join);

  /// Another communicator of `all`'s ranks with `algorithm` forced on the library. It replaces the
  /// rank's previous one of that algorithm, and abort() also ends it.
  Communicator& force(LocalRank& rank, Communicator& all, const std::string& algorithm);

  /// May be called from any thread.
  void abort() noexcept;
  std::size_t size() const { return ranks_.size(); }

 private:
  std::vector<LocalRank> ranks_;
  std::mutex joining_;  // a rank that joins, and an abort that must reach it
  bool aborted_ = false;
};

}  // namespace assay
