// The handlers: only lock-free atomics and async-signal-safe calls.
#include "harness/cli/stop_signal.h"

#include <unistd.h>

#include "harness/core/error.h"

namespace assay::cli {

namespace {

std::atomic<bool> stop_requested{false};
std::atomic<int> first_signal{0};
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free);

void on_signal(int number) {
  int none = 0;
  if (first_signal.compare_exchange_strong(none, number)) {
    stop_requested = true;
    return;
  }
  // The document on disk is the last whole one, so nothing is lost but the group under way.
  constexpr char kLine[] = "assay: second signal: ending at once\n";
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, kLine, sizeof kLine - 1);
  _exit(static_cast<int>(ExitCode::broken));
}

}  // namespace

StopSignals::StopSignals() {
  stop_requested = false;
  first_signal = 0;
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction before {};
    sigaction(number, nullptr, &before);
    if (before.sa_handler == SIG_IGN) continue;
    struct sigaction action {};
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, nullptr);
  }
}

const std::atomic<bool>* StopSignals::flag() const { return &stop_requested; }

std::string StopSignals::signal_name() const {
  switch (first_signal.load()) {
    case SIGINT:
      return "SIGINT";
    case SIGTERM:
      return "SIGTERM";
    case SIGHUP:
      return "SIGHUP";
    default:
      return "";
  }
}

}  // namespace assay::cli
