// host_to_device.f32.copy_engine: page-locked host memory to the device's, by a copy engine.
#include "kernels/copies/copy_engine.h"

namespace assay {
namespace {

const CopyEngineEnrolment host_to_device_copy_engine(
    CopyDirection::to_device, "host_to_device",
    "page-locked memory to the device, cudaMemcpyAsync");

}  // namespace
}  // namespace assay
