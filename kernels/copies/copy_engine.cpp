// Binds a host copy to a GPU's stream and to page-locked memory.
#include "kernels/copies/copy_engine.h"

#include <cuda_runtime_api.h>

#include "harness/measure/cuda/check.h"
#include "harness/measure/cuda/pinned_buffer.h"

namespace assay {

namespace {

class CopyEngine final : public Implementation {
 public:
  CopyEngine(CopyDirection direction, std::string workload, std::string summary)
      : direction_(direction), workload_(std::move(workload)), summary_(std::move(summary)) {}

  std::string workload() const override { return workload_; }
  std::string dtype() const override { return "f32"; }
  std::string name() const override { return "copy_engine"; }
  Backend backend() const override { return Backend::cuda; }
  std::string summary() const override { return summary_; }
  std::optional<std::string> refuses(const Shape& shape, const Device& device) const override;
  std::unique_ptr<TimedCase> prepare(GroupContext& context) const override;

 private:
  CopyDirection direction_;
  std::string workload_, summary_;
};

std::optional<std::string> CopyEngine::refuses(const Shape& shape, const Device& device) const {
  if (device.backend() != Backend::cuda) return "runs on the cuda backend only";
  const auto& entries = shape.entries();
  if (entries.size() != 1 || entries[0].key != "bytes" || !entries[0].value ||
      *entries[0].value < 16 || *entries[0].value % 16 != 0) {
    return "a copy's shape is bytes: a positive multiple of 16";
  }
  const auto bytes = static_cast<std::size_t>(*entries[0].value);
  return lacks_memory(HostCopy::need(device, direction_, bytes), device);
}

std::unique_ptr<TimedCase> CopyEngine::prepare(GroupContext& context) const {
  const auto stream = static_cast<cudaStream_t>(context.device().stream());
  const auto enqueue = [stream](void* to, const void* from, std::size_t bytes) {
    check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDefault, stream), "enqueuing a copy");
  };
  return std::make_unique<HostCopy>(context.device(), direction_,
                                    static_cast<std::size_t>(context.shape().at("bytes")),
                                    context.seed(), HostCopyCalls{allocate_pinned, enqueue});
}

}  // namespace

CopyEngineEnrolment::CopyEngineEnrolment(CopyDirection direction, const char* workload,
                                         const char* summary) {
  enrol(std::make_unique<CopyEngine>(direction, workload, summary));
}

}  // namespace assay
