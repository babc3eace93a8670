// The portable kernel as the search for corrupted results runs it: it has one plan anyway.
#pragma once

#include "kernels/gemm/sdc/compare.cuh"
#include "kernels/gemm/sdc/sdc_kernel.h"
#include "kernels/gemm/sm80/launch.cuh"

namespace assay::sdc {

inline SdcKernel bf16_sm80() {
  using Portable = sm80::Operands<device::Bf16, device::Bf16, device::Major::kMn>;
  GemmKernel product = sm80::entry<Portable>("bf16");
  product.name = "sm80_sdc";
  product.summary = "the portable kernel, each result compared bit for bit";
  product.takes = GemmParts::one_product;  // a wrong word is named by its place in one
  return {product, compare<8>, {sm80::kTile, sm80::kTile}};
}

}  // namespace assay::sdc
