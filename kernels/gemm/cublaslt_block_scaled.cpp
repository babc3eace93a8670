// Draws the scales, brings them into the library's order, and keeps them beside the product.
#include "kernels/gemm/cublaslt_block_scaled.h"

#include <fmt/format.h>

#include "kernels/launch/capability.h"

namespace assay {
namespace {

std::shared_ptr<Buffer> copied_to(Device& device, const std::vector<std::byte>& bytes) {
  std::shared_ptr<Buffer> buffer = device.allocate(bytes.size());
  device.copy_in(*buffer, bytes.data(), bytes.size());
  return buffer;
}

}  // namespace

std::optional<std::string> BlockScaledCublasLt::missing(const Device& device) const {
  if (auto why = capability_missing({kCapability / 10, true}, device)) return why;
  if (auto why = CublasLtGemm::missing(device)) return why;
  if (library().version() < kLeastVersion) {
    return fmt::format("needs cuBLASLt {} or later, this is {}", kLeastVersion,
                       library().version());
  }
  return std::nullopt;
}

std::optional<std::string> BlockScaledCublasLt::refuses(const Shape& shape,
                                                        const Device& device) const {
  if (auto why = CublasLtGemm::refuses(shape, device)) return why;
  const GemmShape gemm = *GemmShape::from(shape);
  if (gemm.k % 32 != 0) return "K is not a multiple of 32, as rows of whole blocks are";
  if (gemm.n % 16 != 0) return "N is not a multiple of 16";
  return std::nullopt;
}

std::unique_ptr<TimedCase> BlockScaledCublasLt::prepare(GroupContext& context) const {
  Device& device = context.device();
  const auto operands = GemmOperands::of(context, types());
  const GemmShape shape = operands->shape();
  const auto scales = std::make_shared<const BlockScales>(
      BlockScales::drawn(shape, context.seed(), {format_.block, 1}));
  const std::int64_t blocks = scale_tiles(shape.k, format_.block);
  const auto of_a = copied_to(
      device, tiled_scales(format_.scale, shape.m, blocks, [&](std::int64_t row, std::int64_t k) {
        return scales->a[static_cast<std::size_t>(k * shape.m + row)];
      }));
  const auto of_b = copied_to(
      device, tiled_scales(format_.scale, shape.n, blocks, [&](std::int64_t row, std::int64_t k) {
        return scales->b[static_cast<std::size_t>(row * blocks + k)];
      }));
  const auto mode = format_.scale == ScaleFormat::ue8m0 ? CUBLASLT_MATMUL_MATRIX_SCALE_VEC32_UE8M0
                                                        : CUBLASLT_MATMUL_MATRIX_SCALE_VEC16_UE4M3;
  const CublasLtScales given{mode, mode, of_a->data(), of_b->data()};
  const auto product = std::make_shared<const CublasLtMultiply>(
      std::make_shared<const CublasLtSession>(library(), device),
      CublasLtProduct{shape, types(), sum(), given}, operands->sets(), context.purpose());
  const auto multiply = [product, of_a, of_b](const GemmPointers& matrices) {
    (*product)(matrices);
  };
  Json choice = product->choice();
  choice["scaled_block"] = format_.block;
  return std::make_unique<GemmCase>(operands, bind_calls<GemmPointers>(multiply), std::move(choice),
                                    GemmTerms{scales});
}

}  // namespace assay
