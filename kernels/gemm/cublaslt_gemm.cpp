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

std::unique_ptr<TimedCase> CublasLtGemm::prepare(GroupContext& context) const {
  const auto operands = GemmOperands::of(context, types());
  const auto product =
      std::make_shared<CublasLtMultiply>(library(), context.device(), *operands, sum_);
  const auto multiply = [product](const GemmPointers& matrices) { (*product)(matrices); };
  return std::make_unique<GemmCase>(operands, bind_calls<GemmPointers>(multiply),
                                    product->choice());
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
