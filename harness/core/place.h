// A reader's position in a document.
#pragma once

#include <string>
#include <string_view>

namespace assay {

/// A chain of places on the stack, converted to text only for an error.
struct Place {
  const Place* parent = nullptr;
  std::string_view key;  // without data: an element of an array
  std::size_t index = 0;

  /// RFC 6901; empty: the whole document.
  std::string pointer() const;
  /// How a message begins: the pointer, or words for the whole document.
  std::string str() const;
};

}  // namespace assay
