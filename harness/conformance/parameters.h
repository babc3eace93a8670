// A requirement's parameters out of a profile, read strictly: a wrong type or an unknown key is a
// broken profile, never a default.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/core/profile.h"

namespace assay {

class Parameters {
 public:
  explicit Parameters(const ProfileRequirement& asked) : asked_(asked) {}

  const std::string& id() const { return asked_.id; }
  /// A fraction in [0, 1].
  double fraction(const std::string& key, double fallback);
  double required_fraction(const std::string& key);
  /// Of two rates, which may exceed 1: a number from 0 to 10.
  double required_ratio(const std::string& key);
  double required_seconds(const std::string& key);
  std::optional<std::int64_t> count(const std::string& key);
  std::optional<std::string> text(const std::string& key);
  /// One text or a list of them; empty when the key is absent.
  std::vector<std::string> texts(const std::string& key);
  /// Call after the last read: throws Error for a key that was not read.
  void done() const;

 private:
  const Json* find(const std::string& key);
  [[noreturn]] void refuse(const std::string& key, const std::string& expected) const;

  const ProfileRequirement& asked_;
  std::set<std::string> known_;
};

}  // namespace assay
