// The order and the words that the text and Markdown tables share.
#include "harness/conformance/render/rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace assay {

namespace {

int place(const RequirementVerdict& requirement) {
  if (is_not_applicable(requirement)) return 6;
  const bool must = requirement.level == Level::must;
  switch (requirement.verdict) {
    case Verdict::fail:
      return must ? 0 : 2;
    case Verdict::not_evaluated:
      return must ? 1 : 3;
    case Verdict::warn:
      return 4;
    case Verdict::pass:
      return 5;
  }
  return 0;
}

}  // namespace

std::vector<const RequirementVerdict*> failures_first(const VerdictDocument& document) {
  std::vector<const RequirementVerdict*> rows;
  for (const RequirementVerdict& requirement : document.requirements) rows.push_back(&requirement);
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto* a, const auto* b) { return place(*a) < place(*b); });
  return rows;
}

std::string shown(const RequirementVerdict& requirement) {
  if (is_not_applicable(requirement)) return "not applicable";
  if (requirement.verdict == Verdict::not_evaluated) return "not evaluated";
  return name(requirement.verdict);
}

std::string counts_in_words(const VerdictDocument& document) {
  std::array<std::pair<std::string, int>, 5> counts = {
      {{"fail", 0}, {"not evaluated", 0}, {"warn", 0}, {"pass", 0}, {"not applicable", 0}}};
  for (const RequirementVerdict& requirement : document.requirements) {
    for (auto& [word, n] : counts) n += word == shown(requirement) ? 1 : 0;
  }
  std::vector<std::string> words;
  for (const auto& [word, n] : counts) {
    if (n > 0) words.push_back(fmt::format("{} {}", n, word));
  }
  return fmt::format("{}", fmt::join(words, ", "));
}

std::string meaning(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return "every requirement that applies is met";
    case Verdict::warn:
      return "every must is met; look at the warnings";
    case Verdict::fail:
      return "a must failed, or could not be evaluated";
    case Verdict::not_evaluated:
      return "nothing was evaluated";
  }
  return "";
}

std::string action_in_words(const RequirementVerdict& requirement) {
  if (requirement.action_reason.empty()) return "";
  return fmt::format("{}: {}", name(requirement.action), requirement.action_reason);
}

}  // namespace assay
