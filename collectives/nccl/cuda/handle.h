// One ncclComm_t: made without blocking, every call ended by the deadline, aborted from any thread.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "collectives/communicator.h"
#include "collectives/nccl/cuda/symbols.h"

namespace assay::nccl {

struct HandleOptions {
  std::shared_ptr<const Symbols> symbols;
  ncclUniqueId id{};
  int rank = 0;
  int size = 1;
  double deadline_s = 60;  // for each call, making the communicator included
};

class Handle {
 public:
  /// Returns when every rank has come. Throws LostPeer when that takes longer than the deadline;
  /// the communicator is then aborted. The calling thread's current device is the rank's.
  explicit Handle(const HandleOptions& options);
  ~Handle();
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  const Symbols& symbols() const { return *options_.symbols; }
  const HandleOptions& options() const { return options_; }

  /// Makes NCCL calls, which return what NCCL returned, and waits until NCCL has taken them.
  /// A failure, or the deadline, aborts the communicator: LostPeer for what a peer or the network
  /// did, Error for the rest; every later call throws LostPeer.
  void call(const char* attempted, const std::function<ncclResult_t(ncclComm_t)>& make);
  /// Until `is_done`, while NCCL has nothing to complain of.
  void wait(const char* attempted, const std::function<bool()>& is_done);

  /// From any thread. NCCL's own calls are short, so this never waits for a peer.
  void abort() noexcept;
  bool is_broken() const { return broken_; }

 private:
  void settle(const char* attempted, ncclResult_t result);
  ncclResult_t state();
  [[noreturn]] void fail(const char* attempted, ncclResult_t result);
  [[noreturn]] void expire(const char* attempted);
  void require_whole(const char* attempted) const;
  std::string who() const;

  HandleOptions options_;
  std::mutex mutex_;  // comm_: one call at a time, an abort between two of them
  ncclComm_t comm_ = nullptr;
  std::atomic<bool> broken_{false};
};

}  // namespace assay::nccl
