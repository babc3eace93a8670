// What a requirement found, subject by subject, and the one verdict that follows from it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "harness/conformance/devices.h"
#include "harness/core/verdict.h"

namespace assay {

/// Collects what was checked and what was wrong. The worst finding decides, in the order fail,
/// not_evaluated, warn; only its subjects are named. Nothing checked is `missing`.
class Findings {
 public:
  Findings() = default;
  /// With lists of figures where somebody reads them.
  explicit Findings(const Evidence& evidence) : has_lists_(evidence.has_lists) {}

  void pass() { ++passed_; }
  void fail(const std::string& reason_code, const std::string& text, const Subject& subject);
  void warn(const std::string& reason_code, const std::string& text, const Subject& subject);
  void not_evaluated(const std::string& reason_code, const std::string& text,
                     const std::optional<Subject>& subject = std::nullopt);

  /// Nothing failed, warned or could not be evaluated.
  bool empty() const { return findings_.empty(); }

  /// Adds to the list `key` of the verdict's figures, which holds the first 10,000; `KEY_left_out`
  /// counts the others.
  void figure(const std::string& key, Json entry);
  /// The same; `entry()` is called for an entry that the list still takes.
  template <class Make>
  requires std::is_invocable_v<Make>
  void figure(const std::string& key, const Make& entry) {
    if (has_lists_ && takes(key)) figure(key, Json(entry()));
  }
  /// Takes no entries of lists from here on, and counts none.
  void leave_out_lists() { has_lists_ = false; }
  /// Adds all that `later` holds behind what is here.
  void add(Findings later);
  /// Sets a single figure, e.g. a limit.
  void set_figure(const std::string& key, Json value);

  /// `when_passed` is the reason of a pass. The figure `findings` has what was found of each
  /// subject that the beginning of the reason is not about, of the first hundred.
  RequirementVerdict verdict(const std::string& when_passed) const;

 private:
  struct Finding {
    Verdict verdict;
    std::string reason_code, text;
    std::optional<Subject> subject;
  };
  /// Counts an entry that the list has no place for.
  bool takes(const std::string& key);

  std::vector<Finding> findings_;
  std::int64_t passed_ = 0;
  bool has_lists_ = true;
  Json figures_ = Json::object();
  std::map<std::string, std::int64_t> left_out_;
};

}  // namespace assay
