// What the host's half of a GPU kernel asks of CUDA's runtime: here no launch goes there, and its
// answer without a driver would be an error. The linker puts these in place (--wrap).
#include <cuda_runtime_api.h>

extern "C" {
cudaError_t __wrap_cudaGetLastError() { return cudaSuccess; }
const char* __wrap_cudaGetErrorString(cudaError_t) { return "no CUDA runtime"; }
const char* __wrap_cudaGetErrorName(cudaError_t) { return "none"; }
}
