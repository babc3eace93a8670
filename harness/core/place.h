// Where in a document a reader stands.
#pragma once

#include <string>
#include <string_view>

namespace assay {

/// A chain of places on the stack, written out only when something is wrong there.
struct Place {
  const Place* parent = nullptr;
  std::string_view key;  // without data: an element of an array
  std::size_t index = 0;

  /// RFC 6901; empty: the whole document.
  std::string pointer() const;
  /// The pointer, or words for the whole document: what a message begins with.
  std::string str() const;
};

}  // namespace assay
