// The only file that knows RE2.
#include "harness/core/regular_expression.h"

#include <re2/re2.h>

#include "harness/core/error.h"
#include "harness/core/message.h"

namespace assay {

RegularExpression::RegularExpression(const std::string& syntax)
    : compiled_(std::make_shared<const re2::RE2>(syntax, re2::RE2::Quiet)) {
  if (!compiled_->ok()) throw Error(printable(compiled_->error(), 80));
}

bool RegularExpression::is_found_in(std::string_view text) const {
  return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *compiled_);
}

}  // namespace assay
