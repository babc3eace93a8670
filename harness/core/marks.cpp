// Counts what documents are, and words it.
#include "harness/core/marks.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <span>

#include "harness/core/message.h"
#include "harness/core/simulation.h"

namespace assay {

namespace {

constexpr std::size_t kSaidEach = 3;  // documents or filters that have a sentence of their own
constexpr std::size_t kUnsaid = 10;   // of what a tool does not say

std::string import_in_words(const std::string& file, const ImportedFacts& imported) {
  const std::size_t named = std::min(imported.unsaid.size(), kUnsaid);
  const std::span<const std::string> unsaid(imported.unsaid.data(), named);
  const std::size_t more = imported.unsaid.size() - named;
  return fmt::format("{} is imported from {}{}{}, which does not say {}{}.", file, imported.tool,
                     imported.version.empty() ? "" : " ", imported.version, fmt::join(unsaid, "; "),
                     more > 0 ? fmt::format(" and {} things more", more) : "");
}

/// Every document's own sentence; of more than a few how many others there are.
void say_each(const char* code, const std::vector<std::string>& sentences, const char* are,
              std::vector<Mark>& marks) {
  const std::size_t said = std::min(sentences.size(), kSaidEach);
  for (std::size_t i = 0; i < said; ++i) marks.push_back({code, sentences[i]});
  if (const std::size_t more = sentences.size() - said; more > 0)
    marks.push_back(
        {code, fmt::format("{} more document{} {}.", more, more == 1 ? " is" : "s are", are)});
}

}  // namespace

void Marks::add(const std::string& file, const Result& result) {
  ++documents_;
  if (is_simulation(result)) ++simulated_;
  if (result.run.backend == "host") ++of_host_;
  if (result.imported) imported_.push_back(import_in_words(file, *result.imported));
  if (result.status != RunStatus::complete)
    incomplete_.push_back(
        fmt::format("{} is {}: {}.", file, name(result.status),
                    result.error.empty() ? "it holds what was measured until then" : result.error));
  if (!result.run.filter.empty()) ++filters_[result.run.filter];
}

std::vector<Mark> Marks::said() const {
  std::vector<Mark> marks;
  const auto some = [&](std::size_t count) {
    return count < documents_ ? " for some of these documents" : "";
  };
  if (simulated_ > 0)
    marks.push_back(
        {"simulated", fmt::format("Simulated: no hardware was measured{}.", some(simulated_))});
  if (of_host_ > 0)
    marks.push_back({"host", fmt::format("Host backend: a CPU was measured, no accelerator{}.",
                                         some(of_host_))});
  say_each("imported", imported_, "imported", marks);
  say_each("incomplete", incomplete_, "not complete", marks);
  std::vector<std::string> filtered;
  for (const auto& [filter, documents] : filters_)
    filtered.push_back(fmt::format("Filtered: only cases that match {} were measured{}.",
                                   in_quotes(filter), some(documents)));
  if (filtered.size() > kSaidEach) {
    const std::size_t more = filtered.size() - kSaidEach;
    filtered.resize(kSaidEach);
    filtered.push_back(fmt::format("{} more filter{} used.", more, more == 1 ? " was" : "s were"));
  }
  for (std::string& sentence : filtered) marks.push_back({"filtered", std::move(sentence)});
  return marks;
}

}  // namespace assay
