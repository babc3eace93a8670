// One ncclComm_t: made without blocking, every call limited by a deadline, aborted from any thread.
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
  /// Returns when every rank has joined. Throws LostPeer when that takes longer than the deadline;
  /// the communicator is then aborted. The calling thread's current device is the rank's.
  explicit Handle(const HandleOptions& options);
  ~Handle();
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  const Symbols& symbols() const { return *options_.symbols; }
  const HandleOptions& options() const { return options_; }

  /// Runs `make`, which makes NCCL calls and returns NCCL's result, and waits until NCCL has
  /// accepted them. On failure or after the deadline it aborts the communicator and throws:
  /// LostPeer if a peer or the network is the cause, else Error. Every later call throws LostPeer.
  void call(const char* attempted, const std::function<ncclResult_t(ncclComm_t)>& make);
  /// Waits until `is_done` is true, or throws when NCCL reports an error.
  void wait(const char* attempted, const std::function<bool()>& is_done);

  /// May be called from any thread. NCCL's own calls are short, so this never waits for a peer.
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
