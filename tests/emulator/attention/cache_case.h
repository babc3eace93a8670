// Inputs of a decode step for the emulator's trials: a case whose keys and values lie in pages.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "kernels/emulator/emulator.h"
#include "tests/emulator/attention/attention_case.h"

namespace assay::emulator {

/// Made once for all seeds. `k` and `v` are caches, of which page_table_of() names the pages.
const AttentionCase& cache_case(const std::string& shape, Dtype element, AttentionData data);

std::vector<std::int32_t> page_table_of(const attention::Problem& problem);

/// An input of the emulator's memory that holds `values`.
template <class T>
T* given(Emulator& emulator, const char* name, const std::vector<T>& values) {
  const auto array = emulator.input<T>(name, values.size());
  std::copy(values.begin(), values.end(), array.begin());
  return array.data();
}

}  // namespace assay::emulator
