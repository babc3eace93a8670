// std::thread with its refusals explained.
#include "harness/measure/threads.h"

#include <fmt/format.h>
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <system_error>
#include <vector>

#include "harness/measure/cgroup.h"
#include "harness/measure/host_memory.h"

namespace assay {

namespace {

/// Joined at the latest when it goes: std::thread would end the process.
class JoinedThreads {
 public:
  explicit JoinedThreads(int count) { threads_.reserve(static_cast<std::size_t>(count)); }
  ~JoinedThreads() { join(); }
  JoinedThreads(const JoinedThreads&) = delete;
  JoinedThreads& operator=(const JoinedThreads&) = delete;

  void add(std::thread thread) { threads_.push_back(std::move(thread)); }
  void join() {
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

 private:
  std::vector<std::thread> threads_;
};

std::int64_t default_stack_bytes() {
  pthread_attr_t attributes;
  if (pthread_getattr_default_np(&attributes) != 0) return 0;
  std::size_t bytes = 0;
  pthread_attr_getstacksize(&attributes, &bytes);
  pthread_attr_destroy(&attributes);
  return static_cast<std::int64_t>(bytes);
}

bool is_alive(pid_t thread) {
  std::error_code ignored;
  return std::filesystem::exists(fmt::format("/proc/self/task/{}", thread), ignored);
}

}  // namespace

Error thread_not_started(const std::string& purpose, int number, int count,
                         const std::filesystem::path& root) {
  const std::string what =
      fmt::format("cannot start thread {} of {} for {}", number, count, purpose);
  const std::int64_t stack = default_stack_bytes();
  if (const auto space = free_address_space(root); space && space->free_bytes < stack)
    return Error(fmt::format("{}: its stack takes {} KiB and {} leaves {} KiB: raise it", what,
                             stack >> 10, space->limit, space->free_bytes >> 10));
  std::string limits;
  if (const auto pids = read_cgroup_limits(root).pids)
    limits += fmt::format("pids.max is {} and {} are in use; ", pids->limit, pids->used);
  rlimit processes{};
  if (getrlimit(RLIMIT_NPROC, &processes) == 0 && processes.rlim_cur != RLIM_INFINITY)
    limits += fmt::format("ulimit -u is {}; ", processes.rlim_cur);
  return Error(fmt::format("{}: {}raise pids.max or ulimit -u", what, limits));
}

std::thread start_thread(std::function<void()> body, const std::string& purpose, int number,
                         int count) {
  try {
    return std::thread(std::move(body));
  } catch (const std::system_error&) {
    throw thread_not_started(purpose, number, count);
  }
}

void run_on_threads(int count, const std::string& purpose, const std::function<void(int)>& work) {
  if (count <= 0) return;
  enum class Signal { wait, go, leave };
  std::atomic<Signal> signal{Signal::wait};
  std::vector<std::exception_ptr> failures(static_cast<std::size_t>(count));
  const auto guarded = [&](int index) {
    try {
      work(index);
    } catch (...) {
      failures[static_cast<std::size_t>(index)] = std::current_exception();
    }
  };
  const auto when_all_are_there = [&](int index) {
    while (signal == Signal::wait) std::this_thread::yield();
    if (signal == Signal::go) guarded(index);
  };
  JoinedThreads others(count);
  try {
    for (int index = 1; index < count; ++index)
      others.add(
          start_thread([&, index] { when_all_are_there(index); }, purpose, index + 1, count));
  } catch (...) {
    signal = Signal::leave;
    throw;
  }
  signal = Signal::go;
  guarded(0);
  others.join();
  for (const std::exception_ptr& failure : failures)
    if (failure) std::rethrow_exception(failure);
}

void require_threads(int count, const std::string& purpose) {
  std::vector<pid_t> started(static_cast<std::size_t>(std::max(count, 0)));
  run_on_threads(count, purpose, [&started](int index) {
    if (index > 0) started[static_cast<std::size_t>(index)] = gettid();
  });
  // A joined thread counts against the limits until the kernel has released it. Only these are
  // waited for: others of the process start threads meanwhile.
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(1);
  for (const pid_t thread : started)
    while (thread != 0 && is_alive(thread) && std::chrono::steady_clock::now() < end)
      std::this_thread::yield();
}

}  // namespace assay
