// The only place that knows which library matches regular expressions.
#include "harness/core/case_filter.h"

#include <fmt/format.h>

#include "harness/core/error.h"

namespace assay {

namespace {

std::regex compiled(const std::string& expression) {
  try {
    return std::regex(expression, std::regex::ECMAScript | std::regex::optimize);
  } catch (const std::regex_error& error) {
    throw Error(
        fmt::format("--filter '{}' is not a regular expression: {}", expression, error.what()));
  }
}

}  // namespace

CaseIdFilter::CaseIdFilter(const std::string& expression) : pattern_(compiled(expression)) {}

bool CaseIdFilter::takes(const CaseId& id) const { return std::regex_search(id.str(), pattern_); }

}  // namespace assay
