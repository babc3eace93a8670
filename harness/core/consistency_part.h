// A place of a document whose figures are compared with what others give.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>

#include "harness/core/error.h"
#include "harness/core/message.h"
#include "harness/core/place.h"
#include "harness/core/result.h"

namespace assay::consistency {

constexpr double kRounding = 1e-6;  // of a figure that went through text

inline bool agree(double a, double b) {
  return std::abs(a - b) <= kRounding * std::max(std::abs(a), std::abs(b));
}

/// A place of the document whose fields are compared. A chain on the stack, like Place: texts are
/// made for a refusal alone, because a fleet has millions of places.
class Part {
 public:
  explicit Part(const Place& place) : place_(place) {}

  Part at(std::string_view key) const { return Part(Place{&place_, key}); }
  Part at(std::size_t index) const { return Part(Place{&place_, {}, index}); }

  /// Names may hold anything; a zero byte in one would end an exception's text.
  [[noreturn]] void refuse(std::string_view field, const std::string& stated,
                           const std::string& derived) const {
    throw Error(printable(
        fmt::format("{}/{} is {}, but {}", place_.pointer(), field, printable(stated, 80), derived),
        400));
  }
  /// `derived` is called for a refusal.
  template <class Derived>
  void require(bool holds, std::string_view field, std::string_view stated,
               const Derived& derived) const {
    if (!holds) refuse(field, std::string(stated), derived());
  }
  template <class Derived>
  void require(bool holds, std::string_view field, std::int64_t stated,
               const Derived& derived) const {
    if (!holds) refuse(field, std::to_string(stated), derived());
  }
  /// `from` says what it was derived from.
  void equal(std::string_view field, double stated, double derived, const char* from) const {
    if (!agree(stated, derived))
      refuse(field, fmt::format("{:.7g}", stated), fmt::format("{} gives {:.7g}", from, derived));
  }
  void equal(std::string_view field, const std::string& stated, const std::string& derived,
             const char* from) const {
    if (stated != derived)
      refuse(field, in_quotes(stated), fmt::format("{} gives {}", from, in_quotes(derived)));
  }
  /// One of the two alone differs too.
  void equal(std::string_view field, const std::optional<double>& stated,
             const std::optional<double>& derived, const char* from) const {
    if (stated && derived) return equal(field, *stated, *derived, from);
    if (stated) refuse(field, fmt::format("{:.7g}", *stated), fmt::format("{} gives none", from));
    if (derived) refuse(field, "absent", fmt::format("{} gives {:.7g}", from, *derived));
  }
  void within(std::string_view field, double stated, double least, double most,
              const char* from) const {
    if (stated < least * (1 - kRounding) || stated > most * (1 + kRounding))
      refuse(field, fmt::format("{:.7g}", stated),
             fmt::format("{} lies from {:.7g} to {:.7g}", from, least, most));
  }

 private:
  Place place_;
};

/// Order statistics, and the rates that follow from them.
void check_series(const Measurement& measurement, const Part& part);
/// The rates of a collective that another tool reported, without its samples.
void check_reported(const Measurement& measurement, const Part& part);
/// The fraction of the speed of light.
void check_light(const Result& result, const Measurement& measurement,
                 std::map<std::string, double>& lights_by_scope, const Part& part);
/// The devices of every node, and what its topology says of them.
void check_devices(const Result& result);
/// A device's own speed of light, from the tables.
void check_device_light(const Result& result, const DeviceFacts& device, const Part& part);
/// Counts, ranges and fractions of what was read while a case was measured.
void check_telemetry(const Measurement& measurement, const Part& part);
/// What is fitted to curves.
void check_fits(const Result& result);

}  // namespace assay::consistency
