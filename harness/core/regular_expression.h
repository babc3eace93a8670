// Regular expressions of users and schemas, in RE2 syntax: matching takes time that grows with the
// text alone, and no stack, whatever the expression is.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace re2 {
class RE2;
}

namespace assay {

class RegularExpression {
 public:
  /// Throws Error that says what is wrong with `syntax`, in one short line.
  explicit RegularExpression(const std::string& syntax);

  /// Whether any part of `text` matches.
  bool is_found_in(std::string_view text) const;
  bool is_all_of(std::string_view text) const;
  /// The first match: all of it, then what each pair of parentheses holds, empty for one that took
  /// no part. Nothing where no part of `text` matches.
  std::vector<std::string> groups_in(std::string_view text) const;

 private:
  std::shared_ptr<const re2::RE2> compiled_;
};

}  // namespace assay
