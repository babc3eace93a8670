// What every fuzz target promises of our parsers, beside not crashing.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "harness/core/error.h"
#include "harness/core/plain_text.h"

namespace assay::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Ends the process, which libFuzzer and ctest both take for a finding.
inline void must_hold(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

/// Runs `read`; whatever it refuses must be an Error of one short printable line.
template <class Read>
void must_refuse_clearly(const Read& read) {
  try {
    read();
  } catch (const Error& error) {
    const std::string said = plain_line(error.what());  // as it is printed
    must_hold(!said.empty() && said.size() < 1000, "a message is short");
    for (const char c : said) must_hold(c < '\0' || (c >= ' ' && c <= '~'), "it is one line");
  }
}

}  // namespace assay::fuzz
