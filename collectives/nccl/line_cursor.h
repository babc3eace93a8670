// Reads a line of NCCL's report from its start, and makes its words fit for a document.
#pragma once

#include <charconv>
#include <string>
#include <string_view>

namespace assay::nccl {

/// What does not fit leaves the cursor where it was.
class LineCursor {
 public:
  explicit LineCursor(std::string_view text) : rest_(text) {}

  bool literal(std::string_view expected) {
    if (!rest_.starts_with(expected)) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }
  void spaces() {
    while (rest_.starts_with(' ')) rest_.remove_prefix(1);
  }
  bool integer(int& to) { return number(to); }
  bool real(double& to) { return number(to); }
  /// Everything up to `stop`, which is passed too.
  bool until(std::string_view stop, std::string_view& to) {
    const std::size_t at = rest_.find(stop);
    if (at == std::string_view::npos) return false;
    to = rest_.substr(0, at);
    rest_.remove_prefix(at + stop.size());
    return true;
  }
  bool skip_to(std::string_view after) {
    std::string_view ignored;
    return until(after, ignored);
  }
  std::string_view rest() const { return rest_; }

 private:
  template <class Number>
  bool number(Number& to) {
    const char* end = rest_.data() + rest_.size();
    const auto [stopped, error] = std::from_chars(rest_.data(), end, to);
    if (error != std::errc()) return false;
    rest_.remove_prefix(static_cast<std::size_t>(stopped - rest_.data()));
    return true;
  }
  std::string_view rest_;
};

/// For a document: printable, and not without end.
inline std::string clean(std::string_view text) {
  std::string result(text.substr(0, 200));
  for (char& c : result) {
    if (c < ' ' || c > '~') c = '?';
  }
  return result;
}

}  // namespace assay::nccl
