// Opens the devices of a backend, and the arithmetic that all of them share.
#include "harness/measure/device.h"

#include <algorithm>

#include "harness/core/error.h"
#include "harness/measure/host_device.h"
#ifdef ASSAY_HAVE_CUDA
#include "harness/measure/cuda/cuda_device.h"
#endif

namespace assay {

std::size_t rotation_sets(const Device& device, std::size_t bytes) {
  if (bytes == 0) return 1;
  const std::size_t past_cache = 3 * device.cache_bytes() / bytes + 1;
  const std::size_t fitting = device.free_memory_bytes() / 2 / bytes;
  return std::max<std::size_t>(1, std::min(past_cache, fitting));
}

std::vector<std::unique_ptr<Device>> open_devices(Backend backend) {
  std::vector<std::unique_ptr<Device>> devices;
  if (backend == Backend::host) {
    devices.push_back(std::make_unique<HostDevice>());
    return devices;
  }
#ifdef ASSAY_HAVE_CUDA
  return open_cuda_devices();
#else
  throw Error("this assay was built without CUDA: build the cuda preset", ExitCode::missing);
#endif
}

}  // namespace assay
