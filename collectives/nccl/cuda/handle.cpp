// Polls NCCL to the end of each call, and ends the communicator when that does not come.
#include "collectives/nccl/cuda/handle.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

namespace assay::nccl {

namespace {

using Clock = std::chrono::steady_clock;

/// Waits a little longer each time: a call that is soon done costs no more than it takes.
class Patience {
 public:
  explicit Patience(double seconds)
      : end_(Clock::now() +
             std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds))) {}
  bool is_over() const { return Clock::now() >= end_; }
  void pause() {
    if (pause_ < kShortest) {
      pause_ += std::chrono::microseconds(1);
      std::this_thread::yield();
      return;
    }
    std::this_thread::sleep_for(pause_);
    pause_ = std::min<Clock::duration>(pause_ * 2, kLongest);
  }

 private:
  static constexpr Clock::duration kShortest = std::chrono::microseconds(50);
  static constexpr Clock::duration kLongest = std::chrono::milliseconds(1);
  Clock::time_point end_;
  Clock::duration pause_{};
};

/// What a peer that is gone, or the network to it, shows up as.
bool is_a_peer(ncclResult_t result) {
  return result == ncclRemoteError || result == ncclSystemError;
}

}  // namespace

Handle::Handle(const HandleOptions& options) : options_(options) {
  const Functions& nccl = symbols().call();
  ncclConfig_t config = NCCL_CONFIG_INITIALIZER;
  config.blocking = 0;
  const ncclResult_t result =
      nccl.comm_init_rank_config(&comm_, options.size, options.id, options.rank, &config);
  settle("making a communicator", result);
}

Handle::~Handle() {
  if (broken_ || !comm_) return;
  try {
    const Functions& nccl = symbols().call();
    call("finishing", [&](ncclComm_t comm) { return nccl.comm_finalize(comm); });
    nccl.comm_destroy(std::exchange(comm_, nullptr));
  } catch (const std::exception&) {
    // call() has aborted it, which frees it too
  }
}

void Handle::call(const char* attempted, const std::function<ncclResult_t(ncclComm_t)>& make) {
  ncclResult_t result = ncclSuccess;
  {
    const std::lock_guard lock(mutex_);
    require_whole(attempted);
    result = make(comm_);
  }
  settle(attempted, result);
}

void Handle::wait(const char* attempted, const std::function<bool()>& is_done) {
  for (Patience patience(options_.deadline_s); !is_done(); patience.pause()) {
    const ncclResult_t result = state();
    require_whole(attempted);
    if (result != ncclSuccess && result != ncclInProgress) fail(attempted, result);
    if (patience.is_over()) expire(attempted);
  }
  require_whole(attempted);
}

void Handle::settle(const char* attempted, ncclResult_t result) {
  for (Patience patience(options_.deadline_s); result == ncclInProgress; patience.pause()) {
    if (patience.is_over()) expire(attempted);
    result = state();
    require_whole(attempted);
  }
  if (result != ncclSuccess) fail(attempted, result);
}

ncclResult_t Handle::state() {
  const std::lock_guard lock(mutex_);
  if (!comm_) return ncclSuccess;  // aborted; the caller asks whether it is whole
  ncclResult_t state = ncclSuccess;
  const ncclResult_t asked = symbols().call().comm_get_async_error(comm_, &state);
  return asked == ncclSuccess ? state : asked;
}

std::string Handle::who() const {
  return fmt::format("rank {} of {} (NCCL {})", options_.rank, options_.size,
                     symbols().version_text());
}

void Handle::fail(const char* attempted, ncclResult_t result) {
  const Functions& nccl = symbols().call();
  const char* detail = nccl.get_last_error(nullptr);
  const std::string message =
      fmt::format("{} failed at {}: {}{}{}", attempted, who(), nccl.get_error_string(result),
                  detail && *detail ? ": " : "", detail ? detail : "");
  abort();
  if (is_a_peer(result)) throw LostPeer(message);
  throw Error(message);
}

void Handle::expire(const char* attempted) {
  abort();
  throw LostPeer(fmt::format("{} did not end within {:g} s at {}: a peer is gone or stuck",
                             attempted, options_.deadline_s, who()));
}

void Handle::require_whole(const char* attempted) const {
  if (broken_)
    throw LostPeer(fmt::format("{}: the communicator of {} was aborted", attempted, who()));
}

void Handle::abort() noexcept {
  if (broken_.exchange(true)) return;
  const std::lock_guard lock(mutex_);
  if (comm_) symbols().call().comm_abort(std::exchange(comm_, nullptr));
}

}  // namespace assay::nccl
