// The kernels of gemm.bf16.sm90_sdc as the emulator runs them.
#pragma once

#include "kernels/gemm/gpu_gemm.h"

namespace assay::emulator {

void emulated_product(const GemmCall& call);
void emulated_comparison(const CompareCall& call);

}  // namespace assay::emulator
