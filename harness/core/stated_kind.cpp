// Listens to the lexer until the top level's `kind` has been read.
#include "harness/core/stated_kind.h"

#include <fstream>

#include "harness/core/error.h"

namespace assay {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBeginning = 4096;  // our writers put `kind` first

/// Ends the parsing by answering false.
class KindListener {
 public:
  using number_integer_t = Json::number_integer_t;
  using number_unsigned_t = Json::number_unsigned_t;
  using number_float_t = Json::number_float_t;
  using string_t = Json::string_t;
  using binary_t = Json::binary_t;

  bool null() { return goes_on(); }
  bool boolean(bool) { return goes_on(); }
  bool number_integer(number_integer_t) { return goes_on(); }
  bool number_unsigned(number_unsigned_t) { return goes_on(); }
  bool number_float(number_float_t, const string_t&) { return goes_on(); }
  bool string(string_t& value) {
    if (is_next_) kind_ = value;
    return goes_on();
  }
  bool binary(binary_t&) { return false; }
  bool start_object(std::size_t) { return goes_on() && ++depth_ > 0; }
  bool start_array(std::size_t) { return start_object(0); }
  bool end_object() { return --depth_ > 0; }
  bool end_array() { return end_object(); }
  bool key(const string_t& name) {
    is_next_ = depth_ == 1 && name == "kind";
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const Json::exception&) { return false; }

  const std::optional<std::string>& kind() const { return kind_; }

 private:
  bool goes_on() const { return !is_next_; }

  int depth_ = 0;
  bool is_next_ = false;
  std::optional<std::string> kind_;
};

std::optional<std::string> kind_in(const std::string& text) {
  KindListener listener;
  Json::sax_parse(text.begin(), text.end(), &listener);
  return listener.kind();
}

std::string beginning_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(kBeginning, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

}  // namespace

std::optional<DocumentKind> stated_kind(const fs::path& path) {
  std::error_code ignored;
  if (!fs::is_regular_file(path, ignored)) return std::nullopt;
  try {
    const std::string beginning = beginning_of(path);
    std::optional<std::string> kind = kind_in(beginning);
    if (!kind && beginning.size() == kBeginning) kind = kind_in(read_text(path));
    if (!kind) return std::nullopt;
    return kind_of({{"kind", *kind}}, path.string());
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace assay
