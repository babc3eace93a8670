// The state of this machine's CUDA driver, on which `--backend auto` depends.
#pragma once

#include <filesystem>
#include <string>

namespace assay {

struct CudaDriver {
  enum class State { absent, broken, working };
  State state = State::absent;
  int device_count = 0;
  std::string detail;  // what is missing, or what is broken; for one line to the user
};

/// Looks for libcuda.so.1 and for NVIDIA device nodes in `device_folder`; a library that is found
/// is initialised and its devices are counted. Does not call cudart, whose message for a missing
/// driver ("driver version is insufficient") is misleading.
CudaDriver probe_cuda_driver(const std::filesystem::path& device_folder = "/dev");

}  // namespace assay
