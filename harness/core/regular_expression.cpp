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

bool RegularExpression::is_all_of(std::string_view text) const {
  return re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()), *compiled_);
}

std::vector<std::string> RegularExpression::groups_in(std::string_view text) const {
  std::vector<re2::StringPiece> pieces(
      static_cast<std::size_t>(compiled_->NumberOfCapturingGroups()) + 1);
  if (!compiled_->Match(re2::StringPiece(text.data(), text.size()), 0, text.size(),
                        re2::RE2::UNANCHORED, pieces.data(), static_cast<int>(pieces.size())))
    return {};
  std::vector<std::string> groups;
  for (const re2::StringPiece& piece : pieces) groups.emplace_back(piece.data(), piece.size());
  return groups;
}

}  // namespace assay
