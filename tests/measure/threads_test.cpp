// Threads that cannot be started: none of the set works, and one line names thread and limits.
#include "harness/measure/threads.h"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <set>

#include "tests/measure/root_folder.h"

using namespace assay;

namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// In a child that may have `most` processes and threads: whether `check` is true there.
bool in_limited_child(rlim_t most, const std::function<bool()>& check) {
  const pid_t child = fork();
  if (child == 0) {
    const rlimit limit{most, most};
    // Root has no such limit, and it counts all processes of a user: one of this process's own.
    constexpr uid_t kFirstOfTests = 100'000;
    if (geteuid() == 0 && setuid(kFirstOfTests + static_cast<uid_t>(getpid())) != 0) _exit(2);
    if (setrlimit(RLIMIT_NPROC, &limit) != 0) _exit(2);
    _exit(check() ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a thread that cannot be started is named with the limits of its process") {
    const test::Root root;
    root.join_cgroup("/pod");
    root.write("sys/fs/cgroup/pod/pids.max", "20\n");
    root.write("sys/fs/cgroup/pod/pids.current", "19\n");
    const std::string text = thread_not_started("telemetry", 2, 3, root.path()).what();
    CHECK(text.starts_with(
        "cannot start thread 2 of 3 for telemetry: pids.max is 20 and 19 are in use; "));
    CHECK(text.ends_with("raise pids.max or ulimit -u"));
  }

  TEST_CASE("a number of processes that is not limited is not named as a limit") {
    const test::Root root;
    rlimit limit{};
    REQUIRE(getrlimit(RLIMIT_NPROC, &limit) == 0);
    const rlimit before = limit;
    const auto text = [&] {
      return std::string(thread_not_started("telemetry", 2, 3, root.path()).what());
    };
    const std::string what = "cannot start thread 2 of 3 for telemetry: ";
    limit = {RLIM_INFINITY, RLIM_INFINITY};
    if (setrlimit(RLIMIT_NPROC, &limit) == 0)  // root may, and others where it is so already
      CHECK(text() == what + "raise pids.max or ulimit -u");
    limit = {std::min<rlim_t>(before.rlim_max, 4711), before.rlim_max};
    REQUIRE(setrlimit(RLIMIT_NPROC, &limit) == 0);
    CHECK(text() == what + "ulimit -u is " + std::to_string(limit.rlim_cur) +
                        "; raise pids.max or ulimit -u");
    REQUIRE(setrlimit(RLIMIT_NPROC, &before) == 0);
  }

  TEST_CASE("a thread whose stack has no room names the limit on memory") {
    const test::Root root;
    root.write("proc/self/statm", "25600 5000 3000 200 0 12800 0\n");  // pages of 4096 bytes
    root.write("proc/self/limits", "Max data size   53477376   unlimited   bytes\n");
    const std::string text = thread_not_started("telemetry", 2, 3, root.path()).what();
    CAPTURE(text);
    CHECK(text.starts_with("cannot start thread 2 of 3 for telemetry: its stack takes "));
    CHECK(text.ends_with(" KiB and ulimit -d leaves 1024 KiB: raise it"));
  }

  TEST_CASE("threads work at once and the first of them is the caller") {
    std::set<std::thread::id> ids;
    std::mutex mutex;
    run_on_threads(3, "a test", [&](int) {
      const std::lock_guard lock(mutex);
      ids.insert(std::this_thread::get_id());
    });
    CHECK(ids.size() == 3);
    CHECK(ids.contains(std::this_thread::get_id()));
    run_on_threads(0, "a test", [&](int) { FAIL("nothing was asked for"); });
  }

  TEST_CASE("an exception of one thread is thrown when all have ended") {
    std::atomic<int> ended{0};
    CHECK_THROWS_WITH_AS(run_on_threads(3, "a test",
                                        [&](int index) {
                                          ++ended;
                                          if (index > 0)
                                            throw Error("part " + std::to_string(index));
                                        }),
                         "part 1", Error);
    CHECK(ended == 3);
  }

  TEST_CASE("where one thread of a set cannot be started none of them works") {
    CHECK(in_limited_child(16, [] {
      int worked = 0;
      try {
        run_on_threads(64, "a test", [&](int) { ++worked; });
      } catch (const Error& error) {
        const std::string text = error.what();
        return worked == 0 && contains(text, " of 64 for a test: ") &&
               contains(text, "ulimit -u is 16; raise");
      }
      return false;
    }));
  }

  TEST_CASE("threads that were required are released before they are started again") {
    CHECK(in_limited_child(16, [] {
      for (int attempt = 0; attempt < 100; ++attempt) require_threads(8, "a test");
      return true;
    }));
  }
}
