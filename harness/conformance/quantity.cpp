// Numbers as a person reads them.
#include "harness/conformance/quantity.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

namespace assay {

std::string in_words(const Rate& rate) {
  constexpr std::array<const char*, 6> kPrefixes = {"", "k", "M", "G", "T", "P"};
  double value = rate.value;
  std::size_t prefix = 0;
  while (std::abs(value) >= 1000 && prefix + 1 < kPrefixes.size()) {
    value /= 1000;
    ++prefix;
  }
  const int decimals = std::abs(value) < 10 ? 2 : std::abs(value) < 100 ? 1 : 0;
  const char* unit = rate.metric == "flop_per_s" ? "FLOP/s" : "B/s";
  return fmt::format("{:.{}f} {}{}", value, decimals, kPrefixes[prefix], unit);
}

std::string percent(double fraction) {
  const double value = 100 * fraction;
  const double tenths = std::round(10 * value);
  const bool is_whole = std::abs(value) >= 10 || std::fmod(tenths, 10) == 0;
  return fmt::format("{:.{}f} %", value, is_whole ? 0 : 1);
}

std::string percent_limit(double limit, double value) {
  const std::string text = percent(limit);
  if (percent(value) != text || value == limit) return text;
  for (int decimals = 1; decimals <= 6; ++decimals) {
    const std::string own = fmt::format("{:.{}f}", 100 * value, decimals);
    if (own != fmt::format("{:.{}f}", 100 * limit, decimals))
      return fmt::format("{}, it is {} %", text, own);
  }
  return text;
}

std::string megahertz(double hertz) { return fmt::format("{:.0f} MHz", hertz / 1e6); }

}  // namespace assay
