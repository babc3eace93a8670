// The kernel compares the first thread's stack with the limit as it grows; threads that start later
// have the size that the limit gave when the process began.
#include "harness/cli/stack_room.h"

#include <fmt/format.h>
#include <pthread.h>
#include <sys/resource.h>

#include <algorithm>

#include "harness/core/error.h"
#include "harness/run/worker_process.h"

namespace assay::cli {

namespace {

// Host cases and every command end in a fault below 96 KiB and work with 128. What the driver of a
// GPU takes is not known: more is taken where it is allowed, and a fault names the limit.
constexpr rlim_t kLeast_bytes = rlim_t{128} << 10;
constexpr rlim_t kUsual_bytes = rlim_t{8} << 20;

/// Of threads; leaves the default as it is where the library refuses.
void set_default_stack(rlim_t bytes) {
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) return;
  if (pthread_attr_setstacksize(&attributes, bytes) == 0) pthread_setattr_default_np(&attributes);
  pthread_attr_destroy(&attributes);
}

}  // namespace

void make_room_on_stacks() {
  rlimit limit{};
  if (getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur >= run::kEnoughStack_bytes) return;
  limit.rlim_cur = std::min(limit.rlim_max, kUsual_bytes);
  if (limit.rlim_cur < kLeast_bytes)
    throw Error(fmt::format("the stack may take {} KiB and {} KiB are needed: raise ulimit -s",
                            limit.rlim_cur >> 10, kLeast_bytes >> 10));
  if (setrlimit(RLIMIT_STACK, &limit) == 0) set_default_stack(limit.rlim_cur);
}

}  // namespace assay::cli
