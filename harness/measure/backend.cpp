// Which backend a run uses: never the host by accident when a GPU's driver is there but broken.
#include "harness/measure/backend.h"

#include <fmt/format.h>

#include <cctype>

#include "harness/core/error.h"
#include "harness/measure/device.h"
#include "harness/measure/library.h"

namespace assay {

namespace fs = std::filesystem;

namespace {

/// `/dev/nvidia0` or `/dev/nvidiactl`; empty when there is neither.
std::string device_node(const fs::path& folder) {
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
    const std::string file = entry.path().filename().string();
    constexpr std::string_view kPrefix = "nvidia";
    if (!file.starts_with(kPrefix)) continue;
    const std::string rest = file.substr(kPrefix.size());
    if (rest == "ctl" || (!rest.empty() && std::isdigit(static_cast<unsigned char>(rest[0])))) {
      return entry.path().string();
    }
  }
  return {};
}

// The driver API's own types: an int for CUresult and CUdevice, and no header of CUDA needed.
using InitFunction = int (*)(unsigned);
using CountFunction = int (*)(int*);
using ErrorNameFunction = int (*)(int, const char**);

std::string driver_error(const Library& driver, int code) {
  const char* text = nullptr;
  if (auto name_of = driver.find_sym<ErrorNameFunction>("cuGetErrorName")) name_of(code, &text);
  return text ? text : fmt::format("error {}", code);
}

}  // namespace

CudaDriver probe_cuda_driver(const fs::path& device_folder) {
  CudaDriver found;
  const std::string node = device_node(device_folder);
  std::string reason;
  const std::optional<Library> driver = Library::find("libcuda.so.1", &reason);
  if (!driver) {
    const bool library_is_there = reason.find("does not load") != std::string::npos;
    if (node.empty() && !library_is_there) {
      found.detail = "no CUDA driver: libcuda.so.1 was not found and there is no /dev/nvidia*";
      return found;
    }
    found.state = CudaDriver::State::broken;
    found.detail = node.empty() ? reason : fmt::format("{} exists, but {}", node, reason);
    return found;
  }
  found.state = CudaDriver::State::broken;
  const auto init = driver->find_sym<InitFunction>("cuInit");
  const auto count = driver->find_sym<CountFunction>("cuDeviceGetCount");
  if (!init || !count) {
    found.detail = driver->path() + " is not a CUDA driver: it has no cuInit";
    return found;
  }
  int code = init(0);
  if (code == 0) code = count(&found.device_count);
  if (code != 0) {
    found.detail =
        fmt::format("{} does not initialise: {}", driver->path(), driver_error(*driver, code));
  } else if (found.device_count == 0) {
    found.detail = driver->path() + " sees no device";
  } else {
    found.state = CudaDriver::State::working;
  }
  return found;
}

const char* name(Backend backend) { return backend == Backend::cuda ? "cuda" : "host"; }

Backend choose_backend(const std::string& asked) {
  if (asked == "host") return Backend::host;
  if (asked != "auto" && asked != "cuda") {
    throw Error(fmt::format("--backend is '{}': use auto, cuda or host", asked));
  }
  const CudaDriver driver = probe_cuda_driver();
  if (driver.state == CudaDriver::State::absent) {
    if (asked == "auto") return Backend::host;
    throw Error(driver.detail + "; install the NVIDIA driver, or run with --backend host",
                ExitCode::missing);
  }
  if (driver.state == CudaDriver::State::broken) {
    throw Error("the CUDA driver is present and does not work: " + driver.detail +
                "; repair it (nvidia-smi shows more), or run with --backend host");
  }
#ifdef ASSAY_HAVE_CUDA
  return Backend::cuda;
#else
  throw Error(
      "this machine has a CUDA driver and this assay was built without CUDA: build the cuda "
      "preset, or run with --backend host",
      ExitCode::missing);
#endif
}

}  // namespace assay
