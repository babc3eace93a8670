// Writes a place as a JSON pointer.
#include "harness/core/place.h"

#include "harness/core/message.h"

namespace assay {

std::string Place::pointer() const {
  if (parent == nullptr) return "";
  std::string text = parent->pointer() + '/';
  if (key.data() == nullptr) return text + std::to_string(index);
  for (const char c : printable(key, 120)) {
    text += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  }
  return text;
}

std::string Place::str() const { return parent == nullptr ? "top level" : pointer(); }

}  // namespace assay
