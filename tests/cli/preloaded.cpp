// Preloaded into a run: a disk that takes its time, and a wall clock that somebody sets. Leaves
// the file `preloaded` in the folder that the run starts in.
#include <dlfcn.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>

namespace {

double figure(const char* variable) {
  const char* text = std::getenv(variable);
  return text == nullptr ? 0 : std::atof(text);
}

template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

double monotonic_s() {
  timespec now{};
  next<int(clockid_t, timespec*)>("clock_gettime")(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

const double started_s = monotonic_s();
const bool told = close(open("preloaded", O_WRONLY | O_CREAT | O_CLOEXEC, 0600)) == 0;

}  // namespace

extern "C" {

/// Sync number ASSAY_TEST_SLOW_SYNC of a process takes ASSAY_TEST_SLOW_SYNC_S.
int fsync(int fd) {
  static std::atomic<int> syncs{0};
  if (++syncs == static_cast<int>(figure("ASSAY_TEST_SLOW_SYNC")))
    usleep(static_cast<useconds_t>(figure("ASSAY_TEST_SLOW_SYNC_S") * 1e6));
  return next<int(int)>("fsync")(fd);
}

/// The wall clock moves by ASSAY_TEST_CLOCK_STEP_S after ASSAY_TEST_CLOCK_STEP_AFTER_S.
int clock_gettime(clockid_t clock, timespec* now) {
  const int result = next<int(clockid_t, timespec*)>("clock_gettime")(clock, now);
  static const double step_s = figure("ASSAY_TEST_CLOCK_STEP_S");
  static const double after_s = figure("ASSAY_TEST_CLOCK_STEP_AFTER_S");
  if (clock == CLOCK_REALTIME && step_s != 0 && monotonic_s() - started_s > after_s)
    now->tv_sec += static_cast<time_t>(step_s);
  return result;
}
}
