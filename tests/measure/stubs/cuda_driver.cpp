// A CUDA driver that says what the environment tells it to: for choosing a backend without a GPU.
#include <cstdlib>

namespace {

int number(const char* variable) {
  const char* value = std::getenv(variable);
  return value ? std::atoi(value) : 0;
}

}  // namespace

extern "C" {

int cuInit(unsigned) { return number("ASSAY_STUB_CUDA_INIT"); }

int cuDeviceGetCount(int* count) {
  *count = number("ASSAY_STUB_CUDA_DEVICES");
  return 0;
}

int cuGetErrorName(int, const char** name) {
  *name = "CUDA_ERROR_STUB";
  return 0;
}

int cuDriverGetVersion(int* version) {
  *version = 13000;
  return 0;
}
}
