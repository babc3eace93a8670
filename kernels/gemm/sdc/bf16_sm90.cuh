// The Hopper kernel with a plan that never varies, as the search for corrupted results runs it.
#pragma once

#include "kernels/gemm/sdc/compare.cuh"
#include "kernels/gemm/sdc/sdc_kernel.h"
#include "kernels/gemm/sm90/launch.cuh"

namespace assay::sdc {

inline SdcKernel bf16_sm90() {
  using Product = sm90::Gemm<device::Bf16, device::Bf16, device::Bf16, device::Major::kMn>;
  GemmKernel product = sm90::entry<Product>(
      "bf16", "the Hopper kernel with a fixed plan, each result compared bit for bit",
      Product::plans_fixed);
  product.name = "sm90_sdc";
  product.takes = GemmParts::one_product;
  return {product, compare<9>, {sm90::kTiles[0].left, sm90::kTiles[0].right}};
}

}  // namespace assay::sdc
