// Instrumented: the kernels that make and check a GEMM's matrices, enrolled over the emulated
// device layer.
#include "kernels/gemm/on_device/kernels.cuh"

namespace assay::emulator {
namespace {

const on_device::Enrolment enrolment(on_device::kKernels);

}  // namespace
}  // namespace assay::emulator
