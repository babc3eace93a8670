// device_to_host.f32.copy_engine: the device's memory to page-locked host memory, by a copy engine.
#include "kernels/copies/copy_engine.h"

namespace assay {
namespace {

const CopyEngineEnrolment device_to_host_copy_engine(
    CopyDirection::to_host, "device_to_host", "the device to page-locked memory, cudaMemcpyAsync");

}  // namespace
}  // namespace assay
