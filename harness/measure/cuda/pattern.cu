// One element per thread and step, for every width: a part of a buffer may begin at any element.
#include "harness/measure/cuda/pattern.h"
#include "harness/measure/pattern_share.h"

namespace assay {

namespace {

constexpr unsigned kThreads = 256;

__device__ PatternShare share_of_this_thread(std::uint64_t period) {
  const std::uint64_t threads = std::uint64_t{gridDim.x} * kThreads;
  return {std::uint64_t{blockIdx.x} * kThreads + threadIdx.x, threads, period};
}

template <class T>
__global__ void __launch_bounds__(kThreads)
    fill(T* __restrict__ out, std::uint64_t count, const T* __restrict__ period,
         std::uint64_t elements) {
  fill_share(out, count, period, share_of_this_thread(elements));
}

template <class T>
__global__ void __launch_bounds__(kThreads)
    find_mismatch(const T* __restrict__ in, std::uint64_t count, const T* __restrict__ period,
                  std::uint64_t elements, unsigned long long* first) {
  const std::uint64_t mine =
      first_mismatch_of_share(in, count, period, share_of_this_thread(elements));
  if (mine != kNoMismatch) atomicMin(first, static_cast<unsigned long long>(mine));
}

/// Calls `launch` with a null pointer to the type whose width the pattern has.
template <class Launch>
void by_width(std::size_t width, Launch launch) {
  if (width == 1) launch(static_cast<const std::uint8_t*>(nullptr));
  if (width == 2) launch(static_cast<const std::uint16_t*>(nullptr));
  if (width == 4) launch(static_cast<const std::uint32_t*>(nullptr));
}

}  // namespace

void launch_fill(void* out, std::uint64_t count, const PatternOnGpu& pattern, unsigned blocks,
                 cudaStream_t stream) {
  by_width(pattern.width, [&]<class T>(const T*) {
    fill<<<blocks, kThreads, 0, stream>>>(static_cast<T*>(out), count,
                                          static_cast<const T*>(pattern.period), pattern.elements);
  });
}

void launch_first_mismatch(const void* in, std::uint64_t count, const PatternOnGpu& pattern,
                           unsigned long long* first, unsigned blocks, cudaStream_t stream) {
  by_width(pattern.width, [&]<class T>(const T*) {
    find_mismatch<<<blocks, kThreads, 0, stream>>>(static_cast<const T*>(in), count,
                                                   static_cast<const T*>(pattern.period),
                                                   pattern.elements, first);
  });
}

}  // namespace assay
