// Prefixes that say what they are come off any line; a word that may be the output's own comes off
// only where it stands before every line.
#include "harness/reported/prefixes.h"

#include <string>
#include <utility>

#include "harness/core/regular_expression.h"

namespace assay::reported {

namespace {

constexpr int kMostPrefixes = 4;  // a time, a pod, a rank, a time of its own

/// Every prefix with the blank that ends it; the longer of two that begin alike stands first.
RegularExpression any_prefix() {
  const std::string end = R"((?:[ \t]|$))";
  const std::string time =
      R"(\[?(?:(?:\d{4}[-/])?\d\d[-/]\d\d(?:T|,? ))?\d\d:\d\d:\d\d(?:[.,]\d+)?)"
      R"((?:Z|[+-]\d\d:?\d\d| UTC)?\]?)";
  const std::string level = R"(\[?(?:DEBUG|INFO|NOTICE|WARN|WARNING|ERROR)\]?)";
  const std::string logger = R"((?: - [\w.]+| ?\[[\w.]+\]| \{[^{}\s]+\})?)";
  const std::string day = R"(\w{3} [ \d]\d \d\d:\d\d:\d\d)";  // of the journal
  const std::vector<std::string> prefixes = {
      R"((?:\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4})?)"  // Open MPI, SageMaker's
      R"((?:\[[^\]\s]*\d+,(?:\d+|mpirank:[^\]\s]+)\])?<std(?:out|err|diag)>:? ?)",
      R"(\[(?:default|rank)\d+\](?:: ?| |$))",              // torchrun
      R"(\(\w+ pid=\d+(?:, ip=[0-9a-f.:]+)?\))" + end,      // Ray
      R"(\([\w-]+(?:, \w+=[\w.:-]+)+\))" + end,             // SkyPilot
      R"(\[pod/[^\]\s]*\])" + end,                          // kubectl
      R"([A-Za-z0-9_.-]+ +\|)" + end,                       // compose
      R"([IWEF]\d{4}(?:\d{4})? \d\d:\d\d:\d\d\.\d+ +\d+ )"  // glog
      R"([^\s:\]]+:\d+\])" +
          end,
      R"(<\d{1,3}>1 (?:\S+ ){5}(?:-|\[[^\]]*\]))" + end,  // syslog
      day + R"( \S+ [^\s:\[]+(?:\[\d+\])?:)" + end,       // the journal
      time + R"( \S+ [^\s:\[]+\[\d+\]:)" + end,
      time + R"( std(?:out|err) [FP])" + end,  // containerd
      time + R"( [0-9a-f]{2}[OE])" + end,      // GitLab
      time + logger + "(?: -)? *" + level + R"((?: -|:)?(?:[ \t]+|$))",
      level + ":?[ \t]+" + time + end,
      R"((?:DEBUG|INFO|WARNING|ERROR):[\w.]+:)",    // Python's logging
      R"(\[?[\w./-]+\.\w+:\d+(?::\w+)?\])" + end,   // a line of source
      "[A-Za-z0-9][A-Za-z0-9_.-]* +" + time + end,  // a host and its time
      time + end,
      R"(\[ *\d+(?:\.\d+)?\])" + end,  // MPICH's rank, the kernel's seconds
      R"(\d+\| ?)",
      R"((?:\d+:|>+))" + end,  // srun, a quotation
  };
  std::string any;
  for (const std::string& prefix : prefixes) any += (any.empty() ? "" : "|") + prefix;
  return RegularExpression("^[ \\t]*(?:" + any + ")");
}

std::string without_prefixes(std::string text) {
  static const RegularExpression kPrefix = any_prefix();
  for (int i = 0; i < kMostPrefixes; ++i) {
    const auto found = kPrefix.groups_in(text);
    if (found.empty() || found.front().empty()) break;
    text.erase(0, found.front().size());
  }
  return text;
}

/// Takes `pod container ` of stern off, which stands before every line but its own `+ pod ›
/// container`; where it follows several namespaces, theirs stands first.
void remove_stern(std::vector<Line>& lines) {
  static const RegularExpression kOwn("^[+-] (?:\\S+ )?\\S+ \u203a \\S+$");
  static const RegularExpression kPrefix(
      "^((?:[a-z0-9][a-z0-9.]*-[a-z0-9.-]* [a-z0-9][a-z0-9-]*"
      "|[a-z0-9][a-z0-9-]* [a-z0-9][a-z0-9.]*-[a-z0-9.-]* [a-z0-9][a-z0-9-]*))(?: |$)");
  std::vector<std::pair<Line*, std::size_t>> of_pods;
  std::vector<Line*> own;
  for (Line& line : lines) {
    if (line.text.empty()) continue;
    if (kOwn.is_found_in(line.text)) {
      own.push_back(&line);
      continue;
    }
    const auto found = kPrefix.groups_in(line.text);
    if (found.empty()) return;
    of_pods.emplace_back(&line, found.front().size());
  }
  for (Line* line : own) line->text.clear();
  for (const auto& [line, size] : of_pods) line->text.erase(0, size);
}

/// Empty, or the fence of a block in Markdown.
bool is_no_output(const std::string& line) { return line.empty() || line.starts_with("```"); }

/// Takes off what `column` finds, if it finds something at the start of every line and always the
/// same group; what stands before some lines only is their own word.
void remove_column(std::vector<Line>& lines, const RegularExpression& column) {
  std::vector<std::pair<Line*, std::size_t>> found;
  std::string same;
  for (Line& line : lines) {
    if (is_no_output(line.text)) continue;
    const auto part = column.groups_in(line.text);
    if (part.empty() || (!found.empty() && part[1] != same)) return;
    same = part[1];
    found.emplace_back(&line, part[0].size());
  }
  for (const auto& [line, size] : found) line->text = without_prefixes(line->text.substr(size));
}

/// Takes the bar of a quotation off, which stands before every line; rows of a table begin with one
/// too, and end with one.
void remove_bar(std::vector<Line>& lines) {
  static const RegularExpression kBar("^[ \\t]*(\\|)(?: |$)");
  for (const Line& line : lines) {
    if (is_no_output(line.text) || line.text.ends_with('|')) continue;
    remove_column(lines, kBar);
    return;
  }
}

/// Takes the time off a row `1701249133123,"a line, with commas"` of a table of CloudWatch.
void remove_milliseconds(std::string& text) {
  static const RegularExpression kRow("^1\\d{12},");
  if (!kRow.is_found_in(text)) return;
  text.erase(0, text.find(',') + 1);
  if (text.size() < 2 || !text.starts_with('"') || !text.ends_with('"')) return;
  text = text.substr(1, text.size() - 2);
  for (std::size_t at = 0; (at = text.find("\"\"", at)) != std::string::npos; ++at)
    text.erase(at, 1);
}

}  // namespace

void remove_prefixes(std::vector<Line>& lines) {
  static const RegularExpression kMilliseconds("^1\\d{9}(?:\\d{3}|\\.\\d+)?()(?:[ \\t]|$)");
  static const RegularExpression kHost(
      "^([A-Za-z0-9][A-Za-z0-9_.-]*:|\\[[^\\]\\s]+\\]:?|\\([^()\\s]+\\)|[^\\s/]+/\\S+)(?:[ "
      "\\t]|$)");
  const bool has_columns = lines.size() > 1;
  if (has_columns) remove_stern(lines);
  if (has_columns) remove_bar(lines);
  if (has_columns) remove_column(lines, kMilliseconds);
  for (Line& line : lines) {
    remove_milliseconds(line.text);
    line.text = without_prefixes(std::move(line.text));
  }
  if (has_columns) remove_column(lines, kHost);
}

}  // namespace assay::reported
