// Picks the prefix after rounding, so that 999.9 k becomes 1.00 M and never 1000 k.
#include "harness/cli/quantity.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "harness/core/rate.h"

namespace assay::cli {

namespace {

constexpr std::array<std::string_view, 9> kPrefixes = {"n", "u", "m", "", "k", "M", "G", "T", "P"};
constexpr int kUnity = 3;  // index of the empty prefix

}  // namespace

std::string quantity(double value, std::string_view unit) {
  if (!std::isfinite(value) || value == 0) return fmt::format("{} {}", value, unit);
  const double magnitude = std::stod(fmt::format("{:.2e}", std::abs(value)));
  int step = static_cast<int>(std::floor(std::log10(magnitude) / 3 + 1e-12));
  step = std::max(-kUnity, std::min(step, static_cast<int>(kPrefixes.size()) - 1 - kUnity));
  const double scaled = value / std::pow(1000.0, step);
  const double shown = magnitude / std::pow(1000.0, step);
  const int decimals = shown < 9.995 ? 2 : shown < 99.95 ? 1 : 0;
  return fmt::format("{:.{}f} {}{}", scaled, decimals,
                     kPrefixes[static_cast<std::size_t>(step + kUnity)], unit);
}

std::string rate(const Measurement& measurement) {
  const std::optional<Rate> rate = rate_of(measurement);
  if (!rate) return "";
  if (rate->metric == "flop_per_s") return quantity(rate->value, "FLOP/s");
  return quantity(rate->value, rate->metric == "bytes_per_s" ? "B/s" : "B/s bus");
}

std::string percentage(double fraction) { return fmt::format("{:.1f} %", fraction * 100); }

std::string duration(double seconds) {
  if (seconds < 90) return fmt::format("{:.0f} s", std::ceil(seconds));
  if (seconds < 90 * 60) return fmt::format("{:.0f} min", std::ceil(seconds / 60));
  return fmt::format("{:.1f} h", seconds / 3600);
}

}  // namespace assay::cli
