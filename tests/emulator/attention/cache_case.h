// Inputs of a decode step for the emulator's trials: a case whose keys and values lie in pages.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/emulator/attention/attention_case.h"

namespace assay::emulator {

/// Made once for all seeds. `k` and `v` are caches, of which page_table_of() names the pages.
const AttentionCase& cache_case(const std::string& shape, Dtype element, AttentionData data);

std::vector<std::int32_t> page_table_of(const attention::Problem& problem);

}  // namespace assay::emulator
