// How many seeded rounds a property test runs: few by default, more when a soak asks for them.
#pragma once

#include <cstdlib>

namespace assay::test {

inline int soak_count(int few) {
  const char* asked = std::getenv("ASSAY_SOAK_COUNT");
  return asked ? std::atoi(asked) : few;
}

}  // namespace assay::test
