// Walks the text to the value and counts its lines; skips every other value.
#include "harness/core/line_of.h"

#include <algorithm>
#include <cstddef>

namespace assay {

namespace {

class Walker {
 public:
  explicit Walker(std::string_view text) : text_(text) {}

  /// Goes from the value that begins here to the one inside it; false where there is none.
  bool step_into(const std::string& name) {
    const char bracket = at();
    if (bracket != '{' && bracket != '[') return false;
    skip_one();
    for (std::size_t index = 0; at() != '}' && at() != ']' && at() != 0; ++index) {
      std::string key = std::to_string(index);
      if (bracket == '{') {
        key = string();
        skip_one();  // the colon
      }
      if (key == name) return at() != 0;
      skip_value();
      if (at() == ',') skip_one();
    }
    return false;
  }

  int line() {
    at();
    return 1 + static_cast<int>(std::count(text_.begin(), text_.begin() + here(), '\n'));
  }

 private:
  std::ptrdiff_t here() const { return static_cast<std::ptrdiff_t>(std::min(at_, text_.size())); }

  /// The next character that is no blank; 0 at the end.
  char at() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != text_.npos) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  void skip_one() {
    at();
    ++at_;
  }

  /// Names in our documents hold no escapes; one that does is no name of ours.
  std::string string() {
    skip_one();
    const std::size_t begin = at_;
    while (at_ < text_.size() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
    const std::size_t end = std::min(at_, text_.size());
    ++at_;
    return std::string(text_.substr(std::min(begin, end), end - std::min(begin, end)));
  }

  void skip_value() {
    int depth = 0;
    do {
      const char letter = at();
      if (letter == 0) return;
      if (letter == '"') {
        string();
        continue;
      }
      if (letter == '{' || letter == '[') ++depth;
      if (letter == '}' || letter == ']') --depth;
      if (depth == 0 && letter != '}' && letter != ']') {
        at_ = std::min(text_.find_first_of(",]} \t\r\n", at_), text_.size());
        return;
      }
      skip_one();
    } while (depth > 0);
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<int> line_of(std::string_view text, std::string_view pointer) {
  Walker walker(text);
  while (!pointer.empty()) {
    if (pointer.front() != '/') return std::nullopt;
    pointer.remove_prefix(1);
    const std::size_t end = std::min(pointer.find('/'), pointer.size());
    if (!walker.step_into(std::string(pointer.substr(0, end)))) return std::nullopt;
    pointer.remove_prefix(end);
  }
  return walker.line();
}

}  // namespace assay
