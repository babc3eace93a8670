// Quoting of foreign text, so that a hostile document cannot make a message long or unreadable.
#include "harness/core/message.h"

namespace assay {

std::string printable(std::string_view text, std::size_t limit) {
  std::string shown;
  for (const char c : text.substr(0, limit)) shown += c >= ' ' && c <= '~' ? c : '?';
  if (text.size() > limit) shown += "...";
  return shown;
}

std::string in_quotes(std::string_view text, std::size_t limit) {
  return '"' + printable(text, limit) + '"';
}

}  // namespace assay
