// Quoting of foreign text, so that a hostile document cannot make a message long or unreadable.
#include "harness/core/message.h"

#include "harness/core/plain_text.h"

namespace assay {

std::string printable(std::string_view text, std::size_t limit) {
  const std::string plain = plain_line(text.substr(0, 4 * limit + 4));  // a character has 4 bytes
  const std::string_view shown = first_columns(plain, limit);
  return std::string(shown) + (shown.size() < plain.size() ? "..." : "");
}

std::string in_quotes(std::string_view text, std::size_t limit) {
  return '"' + printable(text, limit) + '"';
}

}  // namespace assay
