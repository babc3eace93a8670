// Runs a case of the ladder on the first GPU, between guards and under a deadline.
#include "tests/gpu/device_run.h"

#include <cuda_runtime_api.h>

#include <algorithm>
#include <memory>
#include <thread>

#include "harness/core/error.h"

namespace assay::gpu {

namespace {

constexpr std::size_t kGuardBytes = 4096;
constexpr int kPoison = 0xFF;

void check(cudaError_t status, const char* what) {
  if (status == cudaSuccess) return;
  throw Error(std::string(what) + ": " + cudaGetErrorString(status));
}

struct Free {
  void operator()(void* memory) const { cudaFree(memory); }
};
using DeviceMemory = std::unique_ptr<void, Free>;

DeviceMemory allocate(std::size_t bytes) {
  void* memory = nullptr;
  check(cudaMalloc(&memory, bytes), "allocating GPU memory");
  return DeviceMemory(memory);
}

DeviceMemory upload(const Bytes& from) {
  if (from.empty()) return nullptr;
  DeviceMemory memory = allocate(from.size());
  check(cudaMemcpy(memory.get(), from.data(), from.size(), cudaMemcpyHostToDevice),
        "copying a case's input to the GPU");
  return memory;
}

/// The kernel's own error, if it ends with one, or that it does not end.
DeviceOutcome wait(std::chrono::seconds deadline) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  cudaError_t status = cudaErrorNotReady;
  while ((status = cudaStreamQuery(nullptr)) == cudaErrorNotReady) {
    if (std::chrono::steady_clock::now() > end) {
      return {{}, "it has not ended after " + std::to_string(deadline.count()) + " s", true};
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  if (status == cudaSuccess) return {};
  return {{}, cudaGetErrorString(status), true};
}

bool is_poison(std::byte byte) { return std::to_integer<int>(byte) == kPoison; }

}  // namespace

std::string open_gpu() {
  int count = 0;
  const cudaError_t status = cudaGetDeviceCount(&count);
  if (status == cudaErrorNoDevice || status == cudaErrorInsufficientDriver || count == 0) {
    throw Error(std::string("no GPU here: ") + cudaGetErrorString(status), ExitCode::missing);
  }
  check(status, "counting the GPUs");
  cudaDeviceProp properties{};
  check(cudaGetDeviceProperties(&properties, 0), "asking for the GPU's properties");
  if (properties.major != 9 || properties.minor != 0) {
    throw Error("these kernels are for sm_90 and the " + std::string(properties.name) + " is sm_" +
                    std::to_string(properties.major) + std::to_string(properties.minor),
                ExitCode::missing);
  }
  return properties.name;
}

DeviceOutcome run_on_gpu(const LadderVariant& variant, const LadderCase& one,
                         std::chrono::seconds deadline) {
  DeviceMemory a = upload(one.a);
  DeviceMemory b = upload(one.b);
  Bytes guarded(one.c.size() + 2 * kGuardBytes);
  DeviceMemory c = allocate(guarded.size());
  check(cudaMemset(c.get(), kPoison, guarded.size()), "poisoning a case's output");
  variant.launch(one.shape, one.blocks,
                 {a.get(), b.get(), static_cast<std::byte*>(c.get()) + kGuardBytes});
  DeviceOutcome outcome = wait(deadline);
  if (outcome.lost) {
    for (DeviceMemory* memory : {&a, &b, &c}) (void)memory->release();  // freeing waits for it
    return outcome;
  }
  check(cudaMemcpy(guarded.data(), c.get(), guarded.size(), cudaMemcpyDeviceToHost),
        "copying a case's output from the GPU");
  const auto begin = guarded.begin() + kGuardBytes;
  const auto end = guarded.end() - kGuardBytes;
  if (!std::all_of(guarded.begin(), begin, is_poison) ||
      !std::all_of(end, guarded.end(), is_poison)) {
    return {{}, "it wrote outside of its output", false};
  }
  outcome.c.assign(begin, end);
  return outcome;
}

}  // namespace assay::gpu
