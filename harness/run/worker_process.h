// The process that measures: forked from the supervisor; it ends when the supervisor ends.
#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "harness/core/error.h"
#include "harness/run/channel.h"

namespace assay::run {

/// No host case or command needs so much; a fault under a smaller limit names that.
inline constexpr rlim_t kEnoughStack_bytes = rlim_t{512} << 10;

class WorkerProcess {
 public:
  /// Runs `body` with the worker's end of a channel in a child, which ends after it. Throws Error
  /// where no process can be started.
  explicit WorkerProcess(const std::function<void(Channel)>& body);
  /// Gives it a moment to end by itself, and kills it then.
  ~WorkerProcess();
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  Channel& channel() { return channel_; }
  /// Returns when the channel has something to read, and at the latest after a fifth of a second;
  /// a signal that sets `stop` ends the wait and is passed on to `stop_received`.
  void wait_for_message(const std::atomic<bool>* stop, std::atomic<bool>& stop_received) const;
  /// Since the last call: how long the thread that waited longest for a core has waited for one.
  double waited_for_core_s();
  /// Throws Error when it does not end of that either.
  void kill();
  /// Waits for the end; `killed by signal 9`, with what is known of why.
  std::string how_it_ended();

 private:
  WorkerProcess(std::pair<Channel, Channel> ends, const std::function<void(Channel)>& body);
  bool has_ended(double patience_s);

  Channel channel_;
  const std::optional<std::int64_t> oom_kills_before_;
  pid_t pid_ = -1;
  bool reaped_ = false;
  int status_ = 0;
  rusage usage_{};
  std::map<std::string, std::uint64_t> waited_ns_;  // by thread
};

}  // namespace assay::run
