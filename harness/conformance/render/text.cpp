// A verdict as a table for a terminal: failures first, each with its reason and its subjects.
#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "harness/conformance/render/rows.h"
#include "harness/conformance/requirement.h"

namespace assay {

namespace {

constexpr std::size_t kWidth = 100;
constexpr std::size_t kVerdictWidth = 13;  // `not evaluated`
constexpr std::size_t kSubjectsShown = 8;  // a node's worth; JSON has them all

const char* colour_of(const RequirementVerdict& requirement) {
  switch (requirement.verdict) {
    case Verdict::pass:
      return "\x1b[32m";
    case Verdict::warn:
      return "\x1b[33m";
    default:
      return requirement.level == Level::must ? "\x1b[1;31m" : "\x1b[33m";
  }
}

/// Breaks at spaces; a word longer than the line stays whole (a UUID must be copyable).
std::vector<std::string> wrapped(const std::string& text, std::size_t width) {
  std::vector<std::string> lines;
  std::string line;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (!line.empty() && line.size() + 1 + word.size() > width) {
      lines.push_back(std::move(line));
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
  }
  if (!line.empty()) lines.push_back(std::move(line));
  return lines;
}

std::size_t longest_id(const VerdictDocument& document) {
  std::size_t longest = 11;  // `requirement`
  for (const auto& requirement : document.requirements) {
    longest = std::max(longest, requirement.id.size());
  }
  return longest;
}

std::string row(const RequirementVerdict& requirement, std::size_t id_width, bool colour) {
  const std::string verdict = fmt::format("{:<{}}", shown(requirement), kVerdictWidth);
  const std::string painted =
      colour ? fmt::format("{}{}\x1b[0m", colour_of(requirement), verdict) : verdict;
  const std::size_t indent = kVerdictWidth + 2 + 6 + 2 + id_width + 2;
  const std::size_t width = kWidth > indent + 30 ? kWidth - indent : 30;
  std::vector<std::string> lines = wrapped(requirement.reason, width);
  if (lines.empty()) lines.emplace_back();
  std::string text = fmt::format("{}  {:<6}  {:<{}}  {}\n", painted, name(requirement.level),
                                 requirement.id, id_width, lines.front());
  const auto below = [&](const std::string& line) {
    text += fmt::format("{:{}}{}\n", "", indent, line);
  };
  for (std::size_t i = 1; i < lines.size(); ++i) below(lines[i]);
  const std::size_t shown_subjects = std::min(requirement.subjects.size(), kSubjectsShown);
  for (std::size_t i = 0; i < shown_subjects; ++i) {
    for (const std::string& line : wrapped("-> " + requirement.subjects[i].name, width)) {
      below(line);
    }
  }
  if (requirement.subjects.size() > shown_subjects) {
    below(fmt::format("-> and {} more", requirement.subjects.size() - shown_subjects));
  }
  for (const std::string& line : wrapped(action_in_words(requirement), width)) below(line);
  return text;
}

std::string upper(std::string text) {
  for (char& letter : text) {
    if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
    if (letter == '_') letter = ' ';
  }
  return text;
}

}  // namespace

std::string to_text(const VerdictDocument& document, bool colour) {
  const std::size_t id_width = longest_id(document);
  std::string text = fmt::format("{:<{}}  {:<6}  {:<{}}  {}\n", "verdict", kVerdictWidth, "level",
                                 "requirement", id_width, "reason");
  std::vector<std::string> not_applicable;
  for (const RequirementVerdict* requirement : failures_first(document)) {
    if (is_not_applicable(*requirement)) {
      not_applicable.push_back(requirement->id);
    } else {
      text += row(*requirement, id_width, colour);
    }
  }
  if (!not_applicable.empty()) {
    const std::string list = fmt::format("not applicable: {}", fmt::join(not_applicable, ", "));
    text += fmt::format("{}\n", fmt::join(wrapped(list, kWidth), "\n"));
  }
  return text + fmt::format("\n{}: {} (profile {}; {})\n", upper(name(document.verdict)),
                            meaning(document.verdict), document.profile_name,
                            counts_in_words(document));
}

}  // namespace assay
