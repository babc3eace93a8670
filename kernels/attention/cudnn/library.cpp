// Opens cuDNN as every vendor library is, and stands in for the frontend's loader.
#include "kernels/attention/cudnn/library.h"

#include <cuda_runtime_api.h>

#include <array>
#include <memory>
#include <string_view>

namespace assay::attention::cudnn {
namespace {

thread_local int capability_major = 0;

cudaError_t device_of_pass(int* device) {
  *device = 0;
  return cudaSuccess;
}

/// The frontend looks at the capability alone.
cudaError_t properties_of_pass(cudaDeviceProp* properties, int) {
  *properties = {};
  properties->major = capability_major;
  return cudaSuccess;
}

struct Function {
  std::string_view name;
  void* address;
};

template <class F>
void* address_of(F* function) {
  return reinterpret_cast<void*>(function);
}

/// What the frontend calls for attention. It clears a workspace itself where cuDNN is older than
/// 9.6.
void* runtime_function(std::string_view name) {
  static const std::array functions = {
      Function{"cudaGetDevice", address_of(device_of_pass)},
      Function{"cudaGetDeviceProperties", address_of(properties_of_pass)},
      Function{"cudaGetErrorString", address_of(cudaGetErrorString)},
      Function{"cudaMemsetAsync", address_of(cudaMemsetAsync)}};
  for (const Function& one : functions)
    if (one.name == name) return one.address;
  return nullptr;
}

char runtime;  // its address is the handle of CUDA's runtime

}  // namespace

const Library* find_library(std::string& reason) {
  static std::string why_not;
  static const std::unique_ptr<const Library> found = []() -> std::unique_ptr<const Library> {
    auto library = Library::find("libcudnn.so.9", &why_not);
    return library ? std::make_unique<const Library>(std::move(*library)) : nullptr;
  }();
  reason = why_not;
  return found.get();
}

void set_capability_major(int major) { capability_major = major; }

void* open_for_frontend(const char*, int) { return &runtime; }

void* symbol_for_frontend(void* handle, const char* name) {
  if (handle == &runtime) return runtime_function(name);
  return static_cast<const Library*>(handle)->find_sym<void*>(name);
}

}  // namespace assay::attention::cudnn
