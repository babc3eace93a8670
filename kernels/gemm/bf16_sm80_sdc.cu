// gemm.bf16.sm80_sdc: the same search for corrupted results on every GPU from 8.0 on.
#include "kernels/gemm/sdc/bf16_sm80.cuh"

namespace assay {
namespace {

const SdcKernelEnrolment sm80_sdc_enrolment(sdc::bf16_sm80());

}  // namespace
}  // namespace assay
