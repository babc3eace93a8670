// A verdict as Prometheus text for node_exporter's textfile collector: gauges without timestamps.
#include <fmt/format.h>

#include "harness/conformance/render/rows.h"
#include "harness/conformance/requirement.h"
#include "harness/core/plain_text.h"

namespace assay {

namespace {

std::string label(const std::string& text) {
  std::string escaped;
  for (const char letter : plain_line(text)) {
    if (letter == '\\' || letter == '"') escaped += '\\';
    escaped += letter;
  }
  return escaped;
}

std::string head(const char* metric, const char* help) {
  return fmt::format("# HELP {0} {1}\n# TYPE {0} gauge\n", metric, help);
}

/// Labels that every series of a requirement has.
std::string labels_of(const VerdictDocument& document, const RequirementVerdict& one) {
  return fmt::format("profile=\"{}\",requirement=\"{}\",level=\"{}\",axis=\"{}\"",
                     label(document.profile_name), label(one.id), name(one.level), name(one.axis));
}

/// A word of the design's, with `not_applicable` told from what should have been evaluated.
std::string word_of_verdict(const RequirementVerdict& one) {
  return is_not_applicable(one) ? "not_applicable" : name(one.verdict);
}

}  // namespace

std::string to_prometheus(const VerdictDocument& document) {
  const std::string profile = label(document.profile_name);
  std::string text =
      head("assay_verdict", "1 for the verdict of the last check, 0 for the others.");
  for (const Word<Verdict>& word : words_of(Verdict()))
    text += fmt::format("assay_verdict{{profile=\"{}\",verdict=\"{}\"}} {}\n", profile, word.text,
                        word.value == document.verdict ? 1 : 0);
  text += head("assay_requirements", "How many requirements have this verdict.");
  for (const auto& [verdict, count] : document.counts)
    text += fmt::format("assay_requirements{{profile=\"{}\",verdict=\"{}\"}} {}\n", profile,
                        label(verdict), count);
  text +=
      head("assay_requirement", "1 for the verdict and the recommended action of a requirement.");
  for (const RequirementVerdict& one : document.requirements)
    text += fmt::format("assay_requirement{{{},verdict=\"{}\",action=\"{}\"}} 1\n",
                        labels_of(document, one), word_of_verdict(one), name(one.action));
  text += head("assay_subject", "1 for a device, link, node or fabric that a requirement names.");
  for (const RequirementVerdict& one : document.requirements)
    for (const Subject& subject : one.subjects)
      text += fmt::format(
          "assay_subject{{{},verdict=\"{}\",action=\"{}\",kind=\"{}\",subject=\"{}\"}} 1\n",
          labels_of(document, one), word_of_verdict(one), name(one.action), subject.kind,
          label(subject.name));
  return text;
}

}  // namespace assay
