// A text without the escape sequences of terminals (ECMA-48): colours, titles, links.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace assay {

/// Where the sequence whose escape stands at `begin` ends: `ESC [ 1;31 m`, `ESC ] title BEL`,
/// `ESC ( B`. One that is cut ends where its line does.
inline std::size_t end_of_escape(std::string_view text, std::size_t begin) {
  std::size_t at = begin + 1;
  const auto skip = [&](char first, char last) {
    while (at < text.size() && text[at] >= first && text[at] <= last) ++at;
  };
  const auto skip_one = [&](char first, char last) {
    if (at < text.size() && text[at] >= first && text[at] <= last) ++at;
  };
  if (text.substr(at, 1) == "]") {
    at = std::min(text.find_first_of("\a\x1b\n", at), text.size());
    skip_one('\a', '\a');  // the other end, `ESC \`, is a sequence of its own
  } else if (text.substr(at, 1) == "[") {
    ++at;
    skip('0', '?');
    skip(' ', '/');
    skip_one('@', '~');
  } else {
    skip(' ', '/');
    skip_one('0', '~');
  }
  return at;
}

inline std::string without_escapes(std::string_view text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t escape = std::min(text.find('\x1b', at), text.size());
    plain += text.substr(at, escape - at);
    at = escape < text.size() ? end_of_escape(text, escape) : escape;
  }
  return plain;
}

}  // namespace assay
