// A verdict as a Markdown table: failures first, each with its reason and its subjects.
#include <fmt/format.h>

#include "harness/conformance/render/rows.h"
#include "harness/conformance/requirement.h"
#include "harness/core/plain_text.h"

namespace assay {

namespace {

/// A cell holds no bar, line break or markup of its own: names come from machines.
std::string cell(const std::string& text) {
  std::string escaped;
  for (const char letter : plain_line(text)) {
    if (letter == '<' || letter == '&') {  // of an entity, too
      escaped += letter == '<' ? "&lt;" : "&amp;";
      continue;
    }
    if (letter == '|' || letter == '\\' || letter == '`' || letter == '*' || letter == '_' ||
        letter == '[' || letter == ']') {
      escaped += '\\';
    }
    escaped += letter;
  }
  return escaped;
}

std::string subjects_of(const RequirementVerdict& requirement) {
  std::string text;
  for (const Subject& subject : requirement.subjects) {
    text += (text.empty() ? "" : "<br>") + cell(subject.name);
  }
  return text;
}

}  // namespace

std::string to_markdown(const VerdictDocument& document) {
  std::string text = fmt::format("**{}**: {} (profile {}; {})\n\n", cell(name(document.verdict)),
                                 meaning(document.verdict), cell(document.profile_name),
                                 counts_in_words(document));
  text += "| verdict | level | axis | requirement | reason | subjects | action |\n";
  text += "| --- | --- | --- | --- | --- | --- | --- |\n";
  for (const RequirementVerdict* requirement : failures_first(document)) {
    text += fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", shown(*requirement),
                        name(requirement->level), name(requirement->axis), cell(requirement->id),
                        cell(requirement->reason), subjects_of(*requirement),
                        cell(action_in_words(*requirement)));
  }
  return text;
}

}  // namespace assay
