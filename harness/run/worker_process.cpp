// Forks without exec: the child already has the options, and the parent has only one thread.
#include "harness/run/worker_process.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "harness/measure/cgroup.h"
#include "harness/measure/threads.h"
#include "harness/run/silence.h"
#include "harness/run/stop_signals.h"

namespace assay::run {

namespace {

double now_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

[[noreturn]] void be_worker(pid_t parent, Channel channel,
                            const std::function<void(Channel)>& body) {
  // A terminal sends Ctrl-C to both processes; only the supervisor says what it means.
  for (const StopSignal& stop : kStopSignals) std::signal(stop.number, SIG_IGN);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(0);  // it died before this was asked for
  body(std::move(channel));
  std::exit(0);  // libraries have their own ends
}

/// What the kernel says by SIGXCPU at the soft limit and by SIGKILL at the hard one. A SIGKILL may
/// come from elsewhere, so the time used tells; the kernel counts it in ticks for a limit and
/// exactly for `usage`, and on a busy machine the two lie a few percent apart.
std::string which_cpu_limit(int signal, const rusage& usage) {
  rlimit limit{};
  if (getrlimit(RLIMIT_CPU, &limit) != 0) return "";
  constexpr double kNearLimit = 0.9;
  const rlim_t allowed_s = signal == SIGKILL ? limit.rlim_max : limit.rlim_cur;
  const timeval user = usage.ru_utime, system = usage.ru_stime;
  const double used_s =
      static_cast<double>(user.tv_sec + system.tv_sec) + 1e-6 * (user.tv_usec + system.tv_usec);
  if (allowed_s == RLIM_INFINITY) return "";
  if (signal == SIGKILL && used_s < kNearLimit * static_cast<double>(allowed_s)) return "";
  return fmt::format("; ulimit -t allows {} s of CPU time", allowed_s);
}

/// A stack that ends too early is a fault like any other.
std::string small_stack() {
  rlimit limit{};
  if (getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur >= kEnoughStack_bytes) return "";
  return fmt::format("; ulimit -s allows {} KiB of stack", limit.rlim_cur >> 10);
}

/// What a SIGKILL that came from outside may mean; `killed_before` by the kernel, for memory.
std::string why_killed(std::optional<std::int64_t> killed_before) {
  const auto killed_now = count_oom_kills("/");
  if (killed_now && killed_now == killed_before) return "";  // it was somebody else
  const auto limit = read_cgroup_limits("/").memory_bytes;
  const auto memory = std::int64_t{sysconf(_SC_PHYS_PAGES)} * sysconf(_SC_PAGESIZE);
  if (limit && *limit < memory) return fmt::format("; the cgroup's limit is {} MiB", *limit >> 20);
  return killed_now ? "; the machine ran out of memory" : "";
}

}  // namespace

WorkerProcess::WorkerProcess(const std::function<void(Channel)>& body)
    : WorkerProcess(Channel::pair(), body) {}

WorkerProcess::WorkerProcess(std::pair<Channel, Channel> ends,
                             const std::function<void(Channel)>& body)
    : channel_(std::move(ends.first)), oom_kills_before_(count_oom_kills("/")) {
  std::fflush(nullptr);  // or both processes print what is buffered
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ < 0) throw thread_not_started("the process that measures", 1, 1);
  if (pid_ == 0) {
    { const Channel of_parent = std::move(channel_); }
    be_worker(parent, std::move(ends.second), body);
  }
}

WorkerProcess::~WorkerProcess() {
  constexpr double kPatience_s = 5;
  if (has_ended(kPatience_s)) return;
  ::kill(pid_, SIGKILL);
  has_ended(kPatience_s);
}

void WorkerProcess::wait_for_message(const std::atomic<bool>* stop,
                                     std::atomic<bool>& stop_received) const {
  sigset_t stops, before;
  sigemptyset(&stops);
  for (const StopSignal& one : kStopSignals) sigaddset(&stops, one.number);
  sigprocmask(SIG_BLOCK, &stops, &before);  // between the look at `stop` and the wait
  if (stop != nullptr && stop->load()) stop_received = true;
  pollfd readable{channel_.descriptor(), POLLIN, 0};
  const timespec tick{0, static_cast<long>(kTick_s * 1e9)};
  ppoll(&readable, 1, &tick, &before);
  sigprocmask(SIG_SETMASK, &before, nullptr);
  if (stop != nullptr && stop->load()) stop_received = true;
}

double WorkerProcess::waited_for_core_s() {
  double longest_s = 0;
  std::error_code ignored;
  const std::filesystem::path tasks = fmt::format("/proc/{}/task", pid_);
  for (const auto& task : std::filesystem::directory_iterator(tasks, ignored)) {
    std::ifstream file(task.path() / "schedstat");  // ns on a core, ns waiting for one, slices
    std::uint64_t ran_ns = 0, waited_ns = 0;
    if (!(file >> ran_ns >> waited_ns)) continue;
    const auto [known, is_new] = waited_ns_.try_emplace(task.path().filename(), waited_ns);
    longest_s = std::max(longest_s, static_cast<double>(waited_ns - known->second) * 1e-9);
    known->second = waited_ns;
  }
  return longest_s;
}

void WorkerProcess::kill() {
  if (reaped_) return;
  ::kill(pid_, SIGKILL);
  // A driver may keep a killed process for a while. Waiting without a limit would hang with it.
  constexpr double kPatience_s = 30;
  if (!has_ended(kPatience_s))
    throw Error(fmt::format("process {} was killed and does not end: its driver hangs", pid_));
}

bool WorkerProcess::has_ended(double patience_s) {
  const double end_s = now_s() + patience_s;
  while (!reaped_) {
    reaped_ = wait4(pid_, &status_, WNOHANG, &usage_) == pid_;
    if (reaped_ || now_s() > end_s) break;
    usleep(1000);
  }
  return reaped_;
}

std::string WorkerProcess::how_it_ended() {
  constexpr double kPatience_s = 5;
  if (!has_ended(kPatience_s)) kill();
  if (WIFEXITED(status_))
    return fmt::format("its process ended by itself with exit code {}", WEXITSTATUS(status_));
  const int number = WTERMSIG(status_);
  std::string why;
  if (number == SIGKILL || number == SIGXCPU) why = which_cpu_limit(number, usage_);
  if (number == SIGKILL && why.empty()) why = why_killed(oom_kills_before_);
  if (number == SIGSEGV) why = small_stack();
  return fmt::format("killed by signal {} ({}){}", number, strsignal(number), why);
}

}  // namespace assay::run
