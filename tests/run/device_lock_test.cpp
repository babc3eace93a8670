// One run at a time on a device: who is refused, and what it is told of the holder.
#include "harness/run/device_lock.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <string>

#include "tests/core/refusal.h"
#include "tests/core/scratch_folder.h"

namespace assay::run {

TEST_SUITE("unit") {
  TEST_CASE("a holder is named by its PID where there is one to be seen") {
    CHECK(holder_in_words(1) == "with PID 1");
    CHECK(holder_in_words(4711) == "with PID 4711");
    CHECK(holder_in_words(0) == "in another container");
    CHECK(holder_in_words(-1) == "in another container");
  }

  TEST_CASE("a device that another process measures is refused with its PID until it ends") {
    const test::ScratchFolder folder;
    setenv("ASSAY_LOCK_DIR", folder.path().c_str(), 1);
    std::array<int, 2> ready{};
    REQUIRE(pipe(ready.data()) == 0);
    const pid_t child = fork();
    if (child == 0) {
      const DeviceLock lock("gpu-1");
      [[maybe_unused]] const auto told = write(ready[1], "r", 1);
      for (;;) pause();
    }
    char byte = 0;
    REQUIRE(read(ready[0], &byte, 1) == 1);
    CHECK(test::refusal([] { DeviceLock("gpu-1"); }) ==
          fmt::format("device gpu-1 is being measured by another run with PID {}: wait for it to "
                      "end, or end it",
                      child));
    { const DeviceLock other("gpu-2"); }
    kill(child, SIGKILL);
    REQUIRE(waitpid(child, nullptr, 0) == child);
    { const DeviceLock free("gpu-1"); }
    for (const int end : ready) close(end);
    unsetenv("ASSAY_LOCK_DIR");
  }

  TEST_CASE("a new folder for locks and a new lock are every user's whatever the umask") {
    const test::ScratchFolder folder;
    const std::string locks = folder / "new";
    setenv("ASSAY_LOCK_DIR", locks.c_str(), 1);
    const mode_t before = umask(077);
    { const DeviceLock lock("gpu-1"); }
    umask(before);
    const auto mode_of = [](const std::string& path) {
      struct stat status = {};
      return stat(path.c_str(), &status) == 0 ? status.st_mode & 07777 : 0;
    };
    CHECK(mode_of(locks) == 01777);  // nobody removes another's lock
    CHECK(mode_of(locks + "/assay-gpu-1.lock") == 0666);
    REQUIRE(chmod(locks.c_str(), 0700) == 0);  // one that is there is left as it is
    { const DeviceLock lock("gpu-1"); }
    CHECK(mode_of(locks) == 0700);
    unsetenv("ASSAY_LOCK_DIR");
  }

  TEST_CASE("a folder for locks that cannot be made is named with what to set") {
    const test::ScratchFolder folder;
    const std::string absent = folder / "no/such";
    setenv("ASSAY_LOCK_DIR", absent.c_str(), 1);
    CHECK(test::refusal([] { DeviceLock("gpu-1"); }) ==
          fmt::format("cannot open the lock {}/assay-gpu-1.lock: No such file or directory; set "
                      "ASSAY_LOCK_DIR to a folder that every user of this machine can write",
                      absent));
    unsetenv("ASSAY_LOCK_DIR");
  }
}

}  // namespace assay::run
