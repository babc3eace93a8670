// The kernels and configurations that run in every mode, by dtype.
#pragma once

#include <string>
#include <vector>

#include "kernels/emulator/emulator.h"

namespace assay::emulator {

struct Configuration {
  std::string name;
  Trial aligned;
  Trial ragged;
};

std::vector<Configuration> bf16_configurations();
std::vector<Configuration> f16_configurations();
std::vector<Configuration> fp8_configurations();
std::vector<Configuration> e5m2_configurations();
std::vector<Configuration> by_columns_configurations();
/// Stream-K: how many clusters share a tile, and then every tile else that can be shared.
std::vector<Configuration> sharing_configurations();
std::vector<Configuration> other_sharing_configurations();
std::vector<Configuration> tf32_configurations();
std::vector<Configuration> int8_configurations();
std::vector<Configuration> portable_configurations();
std::vector<Configuration> block_scaled_configurations();
std::vector<Configuration> grouped_configurations();

}  // namespace assay::emulator
