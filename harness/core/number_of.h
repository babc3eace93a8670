// A number with its noun: `1 node`, `2 nodes`.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace assay {

/// For nouns whose plural takes an s.
template <class Number>
std::string number_of(Number number, std::string_view noun) {
  return fmt::format("{} {}{}", number, noun, number == 1 ? "" : "s");
}

}  // namespace assay
