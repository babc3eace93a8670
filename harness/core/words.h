// The words that documents use for the enumerators of an enumeration, each listed once.
#pragma once

#include <span>
#include <string>

#include "harness/core/error.h"
#include "harness/core/message.h"

namespace assay {

/// `std::span<const Word<E>> words_of(E)` beside the enumeration lists all of them.
template <class Enum>
struct Word {
  Enum value;
  const char* text;
};

template <class Enum>
const char* word_of(Enum value) {
  for (const Word<Enum>& word : words_of(value)) {
    if (word.value == value) return word.text;
  }
  throw Error("a value outside its enumeration");
}

/// Throws Error naming the words that are allowed.
template <class Enum>
Enum from_word(const std::string& text) {
  std::string allowed;
  for (const Word<Enum>& word : words_of(Enum())) {
    if (text == word.text) return word.value;
    allowed += (allowed.empty() ? "" : ", ") + std::string(word.text);
  }
  throw Error(in_quotes(text) + " is none of " + allowed);
}

}  // namespace assay
