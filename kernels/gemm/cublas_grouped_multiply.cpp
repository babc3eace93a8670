// Describes the groups once, and places the addresses of their matrices on the device.
#include "kernels/gemm/cublas_grouped_multiply.h"

#include <fmt/format.h>

namespace assay {
namespace {

constexpr std::size_t kGroupedWorkspaceBytes = 32 << 20;  // as much as cuBLASLt is given

void check_grouped(cublasStatus_t status, const char* attempted) {
  if (status == CUBLAS_STATUS_SUCCESS) return;
  throw Error(fmt::format("cuBLAS: {} failed with status {}", attempted, static_cast<int>(status)));
}

cublasHandle_t make_grouped_handle(const Cublas& library) {
  cublasHandle_t handle = nullptr;
  check_grouped(library.create(&handle), "creating a handle");
  return handle;
}

std::unique_ptr<Buffer> placed(Device& device, const std::vector<const void*>& addresses) {
  const std::size_t bytes = addresses.size() * sizeof addresses[0];
  auto buffer = device.allocate(bytes);
  device.copy_in(*buffer, addresses.data(), bytes);
  return buffer;
}

}  // namespace

// The library's matrices are column-major, where ours read as their transposes: of each group it
// computes C^T[N, rows] = B^T[N, K] A^T[K, rows], and no data moves.
CublasGroupedMultiply::CublasGroupedMultiply(const Cublas& library, Device& device,
                                             const GemmOperands& operands)
    : library_(library),
      device_(device),
      shape_(operands.shape()),
      types_(operands.types()),
      parts_(operands.parts()),
      workspace_(device.allocate(kGroupedWorkspaceBytes)),
      handle_(make_grouped_handle(library), library.destroy),
      as_stored_(parts_.size(), CUBLAS_OP_N),
      n_(parts_.size(), static_cast<int>(shape_.n)),
      k_(parts_.size(), static_cast<int>(shape_.k)),
      ones_(parts_.size(), 1),
      alpha_(parts_.size(), 1),
      beta_(parts_.size(), 0) {
  for (const GemmPart& part : parts_) rows_.push_back(static_cast<int>(part.rows));
  check_grouped(library.set_stream(handle_.get(), static_cast<cudaStream_t>(device.stream())),
                "choosing a stream");
  // After the stream: choosing one gives the handle its own workspace back.
  check_grouped(library.set_workspace(handle_.get(), workspace_->data(), kGroupedWorkspaceBytes),
                "giving a workspace");
}

Enqueue CublasGroupedMultiply::on(const GemmPointers& matrices) {
  std::vector<const void*> a, b, c;
  for (const GemmPart& part : parts_) {
    const GemmPointers of_group = matrices_of(part, shape_, types_, matrices);
    a.push_back(of_group.a);
    b.push_back(of_group.b);
    c.push_back(of_group.c);
  }
  auto at = std::make_shared<const Addresses>(
      Addresses{placed(device_, a), placed(device_, b), placed(device_, c)});
  bound_.push_back(at);
  return [this, at] { run(*at); };
}

void CublasGroupedMultiply::run(const Addresses& at) const {
  const auto count = static_cast<int>(parts_.size());
  check_grouped(library_.grouped(
                    handle_.get(), as_stored_.data(), as_stored_.data(), n_.data(), rows_.data(),
                    k_.data(), alpha_.data(), static_cast<const void* const*>(at.b->data()),
                    CUDA_R_16BF, n_.data(), static_cast<const void* const*>(at.a->data()),
                    CUDA_R_16BF, k_.data(), beta_.data(), static_cast<void* const*>(at.c->data()),
                    CUDA_R_16BF, n_.data(), count, ones_.data(), CUBLAS_COMPUTE_32F),
                "multiplying groups");
}

Json CublasGroupedMultiply::choice() const {
  int version = 0;
  check_grouped(library_.version(handle_.get(), &version), "asking for its version");
  return {{"library_version", version},
          {"workspace_bytes", kGroupedWorkspaceBytes},
          {"groups_with_rows", parts_.size()}};
}

}  // namespace assay
