// Instrumented: the launches of gemm.bf16.sm90_sdc over the emulated device layer.
#include "tests/emulator/gemm/sdc_kernels.h"

#include "kernels/gemm/sdc/compare.cuh"
#include "kernels/gemm/sm90/launch.cuh"

namespace assay::emulator {

void emulated_product(const GemmCall& call) {
  using Bf16 = device::Bf16;
  sm90::Gemm<Bf16, Bf16, Bf16, device::Major::kMn>::launch_fixed(call);
}

void emulated_comparison(const CompareCall& call) { sdc::compare(call); }

}  // namespace assay::emulator
