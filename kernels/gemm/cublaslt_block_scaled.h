// cuBLASLt with a scale for every few elements of K, which Blackwell's tensor cores multiply in.
#pragma once

#include "kernels/gemm/cublaslt_gemm.h"
#include "kernels/gemm/scale_tiles.h"

namespace assay {

/// mxfp8: one exponent for 32 of K. nvfp4: one e4m3 for 16; its scale of the whole tensor is 1.
struct ScaledFormat {
  std::int64_t block = 32;
  ScaleFormat scale = ScaleFormat::ue8m0;
};

/// `gemm.<dtype>.<name>` on compute capability 10.x alone.
class BlockScaledCublasLt : public CublasLtGemm {
 public:
  BlockScaledCublasLt(const char* dtype, const char* name, ScaledFormat format, const char* summary)
      : CublasLtGemm(dtype, name, tensor_core_types(dtype), CublasLtSum::f32, kCapability, summary),
        format_(format) {}

  std::optional<std::string> refuses(const Shape& shape, const Device& device) const override;
  std::unique_ptr<TimedCase> prepare(GroupContext& context) const override;

 protected:
  std::optional<std::string> missing(const Device& device) const override;
  bool takes_batches() const override { return false; }  // scales lie in the order of one matrix

 private:
  static constexpr int kCapability = 100;
  static constexpr std::size_t kLeastVersion = 120800;  // what the scales came with

  ScaledFormat format_;
};

}  // namespace assay
