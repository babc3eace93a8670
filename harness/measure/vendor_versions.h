// The versions of NVIDIA's libraries on this machine, for the document's `software`.
#pragma once

#include <map>
#include <string>

namespace assay {

/// Driver, CUDA driver API, cuBLASLt, cuDNN, NCCL, NVML; `absent` for one that was not found.
std::map<std::string, std::string> vendor_versions();

}  // namespace assay
