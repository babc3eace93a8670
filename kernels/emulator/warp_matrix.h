// ldmatrix, stmatrix and mma.sync: what a warp does together.
#pragma once

#include <cstdint>

#include "kernels/emulator/format.h"
#include "kernels/emulator/site.h"

namespace assay::emulator {

/// Each lane's `row` is the address that it gives; `fragment` receives or holds `matrices` words.
void load_matrices(std::uint32_t* fragment, int matrices, bool transpose, const void* row,
                   const Site& site);
void store_matrices(const std::uint32_t* fragment, int matrices, bool transpose, void* row,
                    const Site& site);

/// A lane's part of d = a b + c; of c and d one pair is null, the other's four are used.
struct MmaLane {
  const std::uint32_t* a;
  const std::uint32_t* b;
  const float* c = nullptr;
  float* d = nullptr;
  const std::int32_t* int_c = nullptr;
  std::int32_t* int_d = nullptr;
  bool computed = false;
};
void mma_sync(MmaLane& lane, Format format_a, Format format_b, const Site& site);

}  // namespace assay::emulator
