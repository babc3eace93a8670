// The handlers: only lock-free atomics and async-signal-safe calls.
#include "harness/cli/stop_signal.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <ctime>

#include "harness/core/error.h"
#include "harness/core/plain_text.h"
#include "harness/run/stop_signals.h"

namespace assay::cli {

namespace {

std::atomic<bool> stop_requested{false};
// The number of the first signal below its time, so that no handler sees the one without the other.
constexpr std::int64_t kNumbers = 256;
std::atomic<std::int64_t> first_signal{0};
static_assert(std::atomic<bool>::is_always_lock_free &&
              std::atomic<std::int64_t>::is_always_lock_free);
// `timeout` and some runtimes tell the process and then its group, which is one request.
constexpr std::int64_t kOneRequest_ms = 1000;

// Written while its length is 0.
std::array<char, 400> left_undone;
std::atomic<std::size_t> left_undone_size{0};
static_assert(std::atomic<std::size_t>::is_always_lock_free);

template <std::size_t N>
void write_line(const char (&begin)[N]) {
  [[maybe_unused]] ssize_t written = ::write(STDERR_FILENO, begin, N - 1);
  written = ::write(STDERR_FILENO, left_undone.data(), left_undone_size.load());
  written = ::write(STDERR_FILENO, "\n", 1);
}

std::int64_t now_ms() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1000000;
}

void on_signal(int number) {
  const std::int64_t ms = now_ms();
  std::int64_t first = 0;
  if (first_signal.compare_exchange_strong(first, ms * kNumbers + number)) {
    stop_requested = true;
    return;
  }
  if (number == first % kNumbers && ms - first / kNumbers < kOneRequest_ms) return;
  // The document on disk is the last whole one, so nothing is lost but the group under way.
  write_line("assay: second signal: ending at once");
  _exit(static_cast<int>(ExitCode::broken));
}

}  // namespace

StopSignals::StopSignals() {
  stop_requested = false;
  first_signal = 0;
  left_undone_size = 0;
  for (const auto& [number, name] : run::kStopSignals) {
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

void StopSignals::set_left_undone(const std::string& text) const {
  left_undone_size = 0;
  const std::string line = text.empty() ? "" : "; " + plain_line(text);
  const std::size_t size = std::min(line.size(), left_undone.size());
  std::copy_n(line.data(), size, left_undone.data());
  left_undone_size = size;
}

std::string StopSignals::signal_name() const {
  for (const run::StopSignal& stop : run::kStopSignals)
    if (stop.number == first_signal.load() % kNumbers) return stop.name;
  return "";
}

}  // namespace assay::cli
