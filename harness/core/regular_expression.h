// Regular expressions of users and schemas, in RE2 syntax. For every expression, matching takes
// time linear in the text and does not recurse.
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
  /// The first match: the whole match, then each group, empty for a group that took no part. Empty
  /// if no part of `text` matches.
  std::vector<std::string> groups_in(std::string_view text) const;

 private:
  std::shared_ptr<const re2::RE2> compiled_;
};

}  // namespace assay
