// gemm.bf16.sm90_sdc: one product of bf16 over and over, its bits compared with those of the first.
#include "kernels/gemm/sdc/bf16_sm90.cuh"

namespace assay {
namespace {

const SdcKernelEnrolment sm90_sdc_enrolment(sdc::bf16_sm90());

}  // namespace
}  // namespace assay
