// A place of a document whose figures are compared with what others give.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "harness/core/error.h"
#include "harness/core/message.h"
#include "harness/core/result.h"

namespace assay::consistency {

constexpr double kRounding = 1e-6;  // of a figure that went through text

inline bool agree(double a, double b) {
  return std::abs(a - b) <= kRounding * std::max(std::abs(a), std::abs(b));
}

/// A place of the document whose fields are compared.
class Part {
 public:
  explicit Part(std::string pointer) : pointer_(std::move(pointer)) {}

  Part at(const std::string& key) const { return Part(pointer_ + '/' + key); }

  [[noreturn]] void refuse(const std::string& field, const std::string& stated,
                           const std::string& derived) const {
    throw Error(fmt::format("{}/{} is {}, but {}", pointer_, field, stated, derived));
  }
  void require(bool holds, const std::string& field, const std::string& stated,
               const std::string& derived) const {
    if (!holds) refuse(field, stated, derived);
  }
  /// `from` says what it was derived from.
  void equal(const std::string& field, double stated, double derived, const char* from) const {
    if (!agree(stated, derived))
      refuse(field, fmt::format("{:.7g}", stated), fmt::format("{} gives {:.7g}", from, derived));
  }
  void equal(const std::string& field, const std::string& stated, const std::string& derived,
             const char* from) const {
    if (stated != derived)
      refuse(field, in_quotes(stated), fmt::format("{} gives {}", from, in_quotes(derived)));
  }
  /// One of the two alone differs too.
  void equal(const std::string& field, const std::optional<double>& stated,
             const std::optional<double>& derived, const char* from) const {
    if (stated && derived) return equal(field, *stated, *derived, from);
    if (stated) refuse(field, fmt::format("{:.7g}", *stated), fmt::format("{} gives none", from));
    if (derived) refuse(field, "absent", fmt::format("{} gives {:.7g}", from, *derived));
  }
  void within(const std::string& field, double stated, double least, double most,
              const char* from) const {
    if (stated < least * (1 - kRounding) || stated > most * (1 + kRounding))
      refuse(field, fmt::format("{:.7g}", stated),
             fmt::format("{} lies from {:.7g} to {:.7g}", from, least, most));
  }

 private:
  std::string pointer_;
};

/// Order statistics, and the rates that follow from them.
void check_series(const Measurement& measurement, const Part& part);
/// The fraction of the speed of light.
void check_light(const Result& result, const Measurement& measurement,
                 std::map<std::string, double>& lights_by_scope, const Part& part);
/// A device's own speed of light, from the tables.
void check_device_light(const Result& result, const DeviceFacts& device, const Part& part);

}  // namespace assay::consistency
