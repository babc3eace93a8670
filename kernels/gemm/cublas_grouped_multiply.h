// A grouped product by cuBLAS: one call multiplies the rows of every group by the group's own B.
#pragma once

#include <cuda_runtime_api.h>

#include <memory>
#include <type_traits>
#include <vector>

#include "kernels/gemm/cublas.h"
#include "kernels/gemm/operands.h"
#include "kernels/launch/bound.h"

namespace assay {

/// Of bf16 with A and B by rows, summed in f32. The sizes of the groups are the host's to know, as
/// the library asks: ours reads them on the device.
class CublasGroupedMultiply {
 public:
  CublasGroupedMultiply(const Cublas& library, Device& device, const GemmOperands& operands);

  /// The product of these matrices, whose addresses group by group are on the device from then on,
  /// as long as this object lives.
  Enqueue on(const GemmPointers& matrices);
  Json choice() const;

 private:
  /// Addresses on the device of every group's matrices.
  struct Addresses {
    std::unique_ptr<Buffer> a, b, c;
  };
  void run(const Addresses& at) const;

  const Cublas& library_;
  Device& device_;
  GemmShape shape_;
  GemmTypes types_;
  std::vector<GemmPart> parts_;
  std::unique_ptr<Buffer> workspace_;
  std::unique_ptr<std::remove_pointer_t<cublasHandle_t>, cublasStatus_t (*)(cublasHandle_t)>
      handle_;
  /// An entry a group, as the library sees the product: turned over.
  std::vector<cublasOperation_t> as_stored_;
  std::vector<int> n_, rows_, k_, ones_;
  std::vector<float> alpha_, beta_;
  std::vector<std::shared_ptr<const Addresses>> bound_;
};

}  // namespace assay
