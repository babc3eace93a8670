// Binds the library's product to a group's operands, or says what is missing.
#include "kernels/gemm/cublaslt_gemm.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>

namespace assay {

const CublasLt& CublasLtGemm::library() {
  std::string reason;
  const CublasLt* found = CublasLt::find(reason);
  if (!found) throw Error("libcublasLt is missing: " + reason, ExitCode::missing);
  return *found;
}

std::optional<std::string> CublasLtGemm::refuses(const Shape& shape, const Device& device) const {
  if (auto why = GemmImplementation::refuses(shape, device)) return why;
  const GemmShape gemm = *GemmShape::from(shape);
  // cuBLAS 13 documentation, cublasLtMatmul: fp8 kernels take dimensions in 16 bytes, int8 kernels
  // in 4. Its answer to others is CUBLAS_STATUS_NOT_SUPPORTED (15), as seen on an H200 with fp8.
  const bool is_fp8 = sum_ == CublasLtSum::fp8 || sum_ == CublasLtSum::fp8_fast;
  if (is_fp8 && gemm.k % 16 != 0) return "cuBLASLt multiplies fp8 only where K is a multiple of 16";
  if (is_fp8 && gemm.n % 16 != 0) return "cuBLASLt multiplies fp8 only where N is a multiple of 16";
  if (sum_ == CublasLtSum::int32 && (gemm.k % 4 != 0 || gemm.n % 4 != 0))
    return "cuBLASLt multiplies int8 only where N and K are multiples of 4";
  return std::nullopt;
}

std::unique_ptr<TimedCase> CublasLtGemm::prepare(GroupContext& context) const {
  const auto operands = GemmOperands::of(context, types());
  const auto product = std::make_shared<const CublasLtMultiply>(
      std::make_shared<const CublasLtSession>(library(), context.device()),
      CublasLtProduct{operands->shape(), types(), sum_, {}, factors_}, operands->sets(),
      context.purpose());
  const auto multiply = [product](const GemmPointers& matrices) { (*product)(matrices); };
  return std::make_unique<GemmCase>(operands, bind_calls<GemmPointers>(multiply), product->choice(),
                                    GemmTerms{nullptr, factors_.alpha, factors_.beta});
}

std::optional<std::string> CublasLtGemm::missing(const Device& device) const {
  const auto& capability = device.facts().compute_capability;
  if (capability && std::lround(10 * std::strtod(capability->c_str(), nullptr)) < capability_) {
    return fmt::format("{} needs compute capability {}.{}, this device has {}", dtype(),
                       capability_ / 10, capability_ % 10, *capability);
  }
  std::string reason;
  if (CublasLt::find(reason)) return std::nullopt;
  return "libcublasLt is missing: " + reason;
}

}  // namespace assay
