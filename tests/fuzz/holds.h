// What every fuzz target promises of our parsers, beside not crashing.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "harness/core/error.h"

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
    const std::string_view said = error.what();
    must_hold(!said.empty() && said.size() < 1000, "a message is short");
    for (const char c : said) must_hold(c >= ' ' && c <= '~', "a message is one printable line");
  }
}

}  // namespace assay::fuzz
