// A verdict as a table for a terminal: failures first, each with its reason and its subjects.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "harness/conformance/render/rows.h"
#include "harness/conformance/requirement.h"

namespace assay {

namespace {

constexpr std::size_t kVerdictWidth = 13;                     // `not evaluated`
constexpr std::size_t kBeforeId = kVerdictWidth + 2 + 6 + 2;  // a level has at most 6 letters
constexpr std::string_view kRequirement = "requirement";
constexpr std::size_t kSubjectsShown = 8;  // a node's worth; JSON has them all
constexpr std::size_t kLeastBeside = 40;   // columns under which a reason goes below its row
constexpr std::size_t kWorthSharing = 40;  // columns from which a text is not printed twice

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

/// Columns of the requirements' names: no more than leave a reason enough beside them.
std::size_t width_of_ids(const VerdictDocument& document, std::size_t width) {
  std::size_t longest = kRequirement.size();
  for (const auto& requirement : document.requirements) {
    longest = std::max(longest, columns(plain_line(requirement.id)));
  }
  const std::size_t others = kBeforeId + 2 + kLeastBeside;
  const std::size_t left = width > others ? width - others : 0;
  return std::min(longest, std::max(kRequirement.size(), left));
}

/// Texts that stand in several rows, each printed in the first of them alone.
class Shared {
 public:
  /// `text`, or a reference to the row that has it.
  std::string once(const std::string& text, const std::string& id) {
    const auto [first, is_new] = first_row_.try_emplace(text, id);
    return is_new || columns(text) < kWorthSharing ? text : "as for " + first->second;
  }

 private:
  std::map<std::string, std::string> first_row_;
};

/// What stands beside or below a requirement: its reason, its subjects and what to do.
std::vector<std::string> explanation(const RequirementVerdict& requirement, Shared& shared) {
  const std::string id = plain_line(requirement.id);
  std::vector<std::string> paragraphs = {shared.once(plain_line(requirement.reason), id)};
  const std::size_t shown_subjects = std::min(requirement.subjects.size(), kSubjectsShown);
  for (std::size_t i = 0; i < shown_subjects; ++i)
    paragraphs.push_back("-> " + plain_line(requirement.subjects[i].name));
  if (requirement.subjects.size() > shown_subjects)
    paragraphs.push_back(
        fmt::format("-> and {} more", requirement.subjects.size() - shown_subjects));
  if (!requirement.action_reason.empty())
    paragraphs.push_back(fmt::format("{}: {}", name(requirement.action),
                                     shared.once(plain_line(requirement.action_reason), id)));
  return paragraphs;
}

struct Layout {
  std::size_t width = 0;
  std::size_t id_width = 0;
  bool colour = false;
};

std::string row(const RequirementVerdict& requirement, const Layout& layout, Shared& shared) {
  const std::string verdict = fmt::format("{:<{}}", shown(requirement), kVerdictWidth);
  const std::string painted =
      layout.colour ? fmt::format("{}{}\x1b[0m", colour_of(requirement), verdict) : verdict;
  std::vector<std::string> paragraphs = explanation(requirement, shared);
  std::size_t longest = kLeastBeside;
  for (const std::string& one : paragraphs) longest = std::max(longest, longest_word(one));
  std::string id = plain_line(requirement.id);
  std::size_t indent = kBeforeId + layout.id_width + 2;
  const bool beside = columns(id) <= layout.id_width && indent + longest <= layout.width;
  if (!beside) indent = 4;
  if (beside) id.append(layout.id_width + 2 - columns(id), ' ');
  if (kBeforeId + columns(id) > layout.width)
    paragraphs.insert(paragraphs.begin(), std::exchange(id, ""));
  std::string text = fmt::format("{}  {:<6}  {}", painted, name(requirement.level), id);
  bool is_first = beside;
  for (const std::string& paragraph : paragraphs)
    for (const std::string& line : wrapped(paragraph, layout.width - indent)) {
      text += is_first ? line : fmt::format("\n{:{}}{}", "", indent, line);
      is_first = false;
    }
  return text + "\n";
}

std::string upper(std::string text) {
  for (char& letter : text) {
    if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
    if (letter == '_') letter = ' ';
  }
  return text;
}

}  // namespace

std::string to_text(const VerdictDocument& document, bool colour, std::size_t width) {
  const Layout layout{width, width_of_ids(document, width), colour};
  std::string text = fmt::format("{:<{}}  {:<6}  {:<{}}  {}\n", "verdict", kVerdictWidth, "level",
                                 kRequirement, layout.id_width, "reason");
  std::vector<std::string> not_applicable;
  Shared shared;
  for (const RequirementVerdict* requirement : failures_first(document)) {
    if (is_not_applicable(*requirement)) {
      not_applicable.push_back(plain_line(requirement->id));
    } else {
      text += row(*requirement, layout, shared);
    }
  }
  const auto add = [&](const std::string& paragraph) {
    for (const std::string& line : wrapped(paragraph, width)) text += line + "\n";
  };
  if (!not_applicable.empty())
    add(fmt::format("not applicable: {}", fmt::join(not_applicable, ", ")));
  text += "\n";
  add(fmt::format("{}: {} (profile {}; {})", upper(name(document.verdict)),
                  meaning(document.verdict), plain_line(document.profile_name),
                  counts_in_words(document)));
  return text;
}

}  // namespace assay
