// What the vectorized kernels share: the grid of a launch.
#pragma once

#include "kernels/launch/prepare.cuh"
#include "kernels/memory/vectorized.h"

namespace assay {

inline device::LaunchConfig vector_config(int blocks) {
  device::LaunchConfig config;
  config.grid.x = static_cast<unsigned>(blocks);
  config.block.x = kVectorThreads;
  return config;
}

}  // namespace assay
