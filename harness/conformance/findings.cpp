// The worst finding decides; a verdict's reason quotes the first few of its kind.
#include "harness/conformance/findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <string_view>
#include <utility>

namespace assay {

namespace {

constexpr std::size_t kQuoted = 3;  // findings spelled out in a reason; figures hold them all
/// Of a list of figures. A fleet's would make a document that no reader of ours accepts.
constexpr std::size_t kMostEntries = 10000;
constexpr std::size_t kMostSaid = 100;  // subjects whose own finding is added to the reason
constexpr std::size_t kLongestName = 1024, kLongestReason = 16384;  // of a verdict's document

/// With dots for its middle where it has more bytes: names of documents may be as long as a name
/// of the verdict, which is made of several.
std::string fitting(const std::string& text, std::size_t most) {
  if (text.size() <= most) return text;
  constexpr std::string_view kDots = " ... ";
  const auto is_inside = [&](std::size_t at) {
    return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
  };
  std::size_t head = (most - kDots.size()) / 2, tail = text.size() - head;
  while (is_inside(head)) --head;
  while (is_inside(tail)) ++tail;
  return fmt::format("{}{}{}", text.substr(0, head), kDots, text.substr(tail));
}

int severity(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return 0;
    case Verdict::warn:
      return 1;
    case Verdict::not_evaluated:
      return 2;
    case Verdict::fail:
      return 3;
  }
  return 3;
}

}  // namespace

void Findings::fail(const std::string& reason_code, const std::string& text,
                    const Subject& subject) {
  findings_.push_back({Verdict::fail, reason_code, text, subject});
}

void Findings::warn(const std::string& reason_code, const std::string& text,
                    const Subject& subject) {
  findings_.push_back({Verdict::warn, reason_code, text, subject});
}

void Findings::not_evaluated(const std::string& reason_code, const std::string& text,
                             const std::optional<Subject>& subject) {
  findings_.push_back({Verdict::not_evaluated, reason_code, text, subject});
}

bool Findings::takes(const std::string& key) {
  const auto list = figures_.find(key);
  if (list == figures_.end() || list->size() < kMostEntries) return true;
  ++left_out_[key];
  return false;
}

void Findings::figure(const std::string& key, Json entry) {
  if (!has_lists_ || !takes(key)) return;
  if (entry.is_object()) entry.get_ref<Json::object_t&>().shrink_to_fit();  // there are many
  figures_[key].push_back(std::move(entry));
}

void Findings::add(Findings later) {
  passed_ += later.passed_;
  std::move(later.findings_.begin(), later.findings_.end(), std::back_inserter(findings_));
  for (auto& [key, value] : later.figures_.items()) {
    if (!value.is_array()) {
      figures_[key] = std::move(value);
      continue;
    }
    for (Json& entry : value) figure(key, std::move(entry));
  }
  for (const auto& [key, count] : later.left_out_) left_out_[key] += count;
}

void Findings::set_figure(const std::string& key, Json value) { figures_[key] = std::move(value); }

RequirementVerdict Findings::verdict(const std::string& when_passed) const {
  RequirementVerdict result;
  result.figures = figures_;
  for (const auto& [key, count] : left_out_) result.figures[key + "_left_out"] = count;
  if (findings_.empty()) {
    result.verdict = passed_ > 0 ? Verdict::pass : Verdict::not_evaluated;
    result.reason_code = passed_ > 0 ? "met" : "missing";
    result.reason = passed_ > 0 ? when_passed : "the documents hold nothing that this looks at";
    return result;
  }
  result.verdict =
      std::max_element(findings_.begin(), findings_.end(), [](const Finding& a, const Finding& b) {
        return severity(a.verdict) < severity(b.verdict);
      })->verdict;
  std::vector<std::string> quoted;
  std::set<std::pair<std::string_view, std::string_view>> named;  // of a fleet there may be many
  std::size_t deciding = 0;
  Json said = Json::array();
  for (const Finding& finding : findings_) {
    if (finding.verdict != result.verdict) continue;
    if (++deciding == 1) result.reason_code = finding.reason_code;
    const bool is_said = std::find(quoted.begin(), quoted.end(), finding.text) != quoted.end();
    if (!is_said && quoted.size() < kQuoted) quoted.push_back(finding.text);
    if (!finding.subject) continue;
    if (!named.insert({finding.subject->kind, finding.subject->name}).second) continue;
    result.subjects.push_back(
        {finding.subject->kind, fitting(finding.subject->name, kLongestName)});
    if (has_lists_ && finding.text != quoted.front() && said.size() < kMostSaid)
      said.push_back({{"subject", result.subjects.back().name}, {"reason", finding.text}});
  }
  if (!said.empty()) result.figures["findings"] = std::move(said);
  result.reason = fmt::format("{}", fmt::join(quoted, "; "));
  if (deciding > quoted.size()) {
    result.reason += fmt::format("; and {} more", deciding - quoted.size());
  }
  result.reason = fitting(result.reason, kLongestReason);
  return result;
}

}  // namespace assay
