// cudaHostAlloc as a buffer.
#include "harness/measure/cuda/pinned_buffer.h"

#include <cuda_runtime_api.h>

#include "harness/measure/cuda/check.h"

namespace assay {

namespace {

class PinnedBuffer final : public Buffer {
 public:
  explicit PinnedBuffer(std::size_t bytes) : size_bytes_(bytes) {
    check(cudaHostAlloc(&data_, bytes > 0 ? bytes : 1, cudaHostAllocPortable),
          "locking host memory");
  }
  ~PinnedBuffer() override { cudaFreeHost(data_); }
  PinnedBuffer(const PinnedBuffer&) = delete;
  PinnedBuffer& operator=(const PinnedBuffer&) = delete;

  void* data() override { return data_; }
  std::size_t size_bytes() const override { return size_bytes_; }

 private:
  std::size_t size_bytes_;
  void* data_ = nullptr;
};

}  // namespace

std::unique_ptr<Buffer> allocate_pinned(std::size_t bytes) {
  return std::make_unique<PinnedBuffer>(bytes);
}

}  // namespace assay
