// cuDNN's library, and what its frontend finds in place of the dynamic loader.
#pragma once

#include <string>

#include "harness/measure/library.h"

namespace assay::attention::cudnn {

/// Opened once for the process. Null when absent; then `reason` says so.
const Library* find_library(std::string& reason);

/// For the calling thread: the capability of the device that the frontend describes a pass for.
void set_capability_major(int major);

/// In place of dlopen and dlsym while the frontend's headers are read. The frontend opens CUDA's
/// runtime by the name "libcudart.so", which a machine with a driver alone lacks, and asks it for
/// the current device even to validate a description. Here it gets the runtime that is linked into
/// this executable, and the capability that was set. Other handles are a Library's address.
void* open_for_frontend(const char* name, int flags);
void* symbol_for_frontend(void* handle, const char* name);

}  // namespace assay::attention::cudnn
