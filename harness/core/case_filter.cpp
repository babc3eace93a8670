// Says what is wrong with an expression as a fault of the flag.
#include "harness/core/case_filter.h"

#include <fmt/format.h>

#include "harness/core/error.h"
#include "harness/core/message.h"

namespace assay {

namespace {

RegularExpression compiled(const std::string& expression) {
  try {
    return RegularExpression(expression);
  } catch (const Error& error) {
    throw Error(fmt::format("--filter {} is not a regular expression (RE2 syntax): {}",
                            in_quotes(expression), error.what()));
  }
}

}  // namespace

CaseIdFilter::CaseIdFilter(const std::string& expression) : expression_(compiled(expression)) {}

}  // namespace assay
