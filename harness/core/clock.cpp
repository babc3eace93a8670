// The wall clock as documents write it: it is looked at once, so that a clock that is set in the
// middle of a run puts no measurement before the run's start. Forked processes share the look.
#include <fmt/format.h>

#include <chrono>
#include <ctime>

#include "harness/core/document.h"

namespace assay {

namespace {

using std::chrono::nanoseconds;

/// Nobody sets this clock, and it goes on while the machine sleeps.
nanoseconds since_boot() {
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return std::chrono::seconds(now.tv_sec) + nanoseconds(now.tv_nsec);
}

const nanoseconds kEpochToBoot = std::chrono::system_clock::now().time_since_epoch() - since_boot();

}  // namespace

std::string utc_now() {
  const auto since_epoch =
      std::chrono::duration_cast<std::chrono::milliseconds>(kEpochToBoot + since_boot());
  const std::time_t seconds = since_epoch.count() / 1000;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", utc.tm_year + 1900,
                     utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
                     since_epoch.count() % 1000);
}

}  // namespace assay
