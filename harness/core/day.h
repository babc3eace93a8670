// Arithmetic on dates such as 2026-11-28.
#pragma once

#include <fmt/format.h>

#include <string>

namespace assay {

/// The same day of the next year; of a leap day the 28th. Throws std::exception for a text that
/// begins with no year.
inline std::string a_year_after(const std::string& day) {
  const bool leap_day = day.ends_with("-02-29");
  return fmt::format("{:04}{}", std::stoi(day.substr(0, 4)) + 1,
                     leap_day ? "-02-28" : day.substr(4));
}

}  // namespace assay
