// The ladder's kernels by name: one implementation runs them in the emulator, one on a GPU.
#pragma once

#include <span>
#include <string_view>

#include "tests/gpu/ladder_case.h"

namespace assay::gpu {

/// Where a case's arrays lie for the kernel.
struct LadderArrays {
  const void* a = nullptr;
  const void* b = nullptr;
  void* c = nullptr;
};

struct LadderVariant {
  std::string_view name;  ///< `kernel.dtype.configuration`
  void (*launch)(const LadderShape& shape, int blocks, const LadderArrays& arrays);
};

/// All of them. Each program links one definition: emulated_variants.cpp or device_variants.cu.
std::span<const LadderVariant> ladder_variants();

}  // namespace assay::gpu
