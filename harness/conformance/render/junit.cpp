// A verdict as JUnit XML: one test case a requirement, so that any CI shows what failed and why.
#include <fmt/format.h>

#include <algorithm>

#include "harness/conformance/render/rows.h"
#include "harness/conformance/requirement.h"
#include "harness/core/plain_text.h"

namespace assay {

namespace {

/// XML 1.0 has no control characters at all, not even escaped.
std::string xml(const std::string& text) {
  std::string escaped;
  for (const char letter : plain_text(text)) {
    switch (letter) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += letter;
    }
  }
  return escaped;
}

/// Fails the check: a must that failed, or that could not be evaluated though it applies.
bool is_failure(const RequirementVerdict& requirement) {
  return requirement.level == Level::must && !is_not_applicable(requirement) &&
         (requirement.verdict == Verdict::fail || requirement.verdict == Verdict::not_evaluated);
}

std::string details(const RequirementVerdict& requirement) {
  std::string text = plain_line(requirement.reason);
  for (const Subject& subject : requirement.subjects)
    text += fmt::format("\n{}: {}", subject.kind, plain_line(subject.name));
  const std::string action = action_in_words(requirement);
  return action.empty() ? text : text + "\n" + plain_line(action);
}

std::string outcome_of(const RequirementVerdict& requirement) {
  if (is_not_applicable(requirement))
    return fmt::format("      <skipped message=\"{}\"/>\n", xml(requirement.reason));
  if (is_failure(requirement))
    return fmt::format("      <failure type=\"{}\" message=\"{}\">{}</failure>\n",
                       xml(requirement.reason_code), xml(requirement.reason),
                       xml(details(requirement)));
  return fmt::format("      <system-out>{}: {}</system-out>\n", shown(requirement),
                     xml(details(requirement)));
}

}  // namespace

std::string to_junit(const VerdictDocument& document) {
  const auto& all = document.requirements;
  const std::string counts =
      fmt::format("tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\"", all.size(),
                  std::count_if(all.begin(), all.end(), is_failure),
                  std::count_if(all.begin(), all.end(), is_not_applicable));
  std::string text = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"assay\" {0}>\n"
      "  <testsuite name=\"{1}\" {0}>\n",
      counts, xml(document.profile_name));
  for (const RequirementVerdict& one : all)
    text += fmt::format("    <testcase classname=\"assay.{}.{}\" name=\"{}\">\n{}    </testcase>\n",
                        xml(document.profile_name), name(one.axis), xml(one.id), outcome_of(one));
  return text + "  </testsuite>\n</testsuites>\n";
}

}  // namespace assay
