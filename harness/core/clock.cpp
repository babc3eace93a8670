// The wall clock as documents write it.
#include <fmt/format.h>

#include <chrono>
#include <ctime>

#include "harness/core/document.h"

namespace assay {

std::string utc_now() {
  using std::chrono::milliseconds;
  const auto since_epoch =
      std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch());
  const std::time_t seconds = since_epoch.count() / 1000;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", utc.tm_year + 1900,
                     utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
                     since_epoch.count() % 1000);
}

}  // namespace assay
