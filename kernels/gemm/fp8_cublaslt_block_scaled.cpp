// gemm.fp8_e4m3.cublaslt_block_scaled: cuBLASLt with a scale for every 1 x 128 of A and 128 x 128
// of B, as our block-scaled kernel has them. And gemm.fp8_e4m3.cublaslt_grouped_block_scaled: the
// same over groups of rows. cuBLAS 13.1 has no grouped product of such: it is a call a group.
#include <fmt/format.h>

#include "kernels/gemm/cublaslt_gemm.h"
#include "kernels/gemm/padded_scales.h"
#include "kernels/launch/capability.h"

namespace assay {
namespace {

/// A group's product, or the whole where there are none, and what it reads on the device.
struct ScaledPart {
  GemmPart part;
  std::unique_ptr<Buffer> scales_a, scales_b;
  std::unique_ptr<const CublasLtMultiply> multiply;
};

std::unique_ptr<Buffer> placed_scales(Device& device, const std::vector<float>& scales) {
  auto buffer = device.allocate(scales.size() * sizeof scales[0]);
  device.copy_in(*buffer, scales.data(), scales.size() * sizeof scales[0]);
  return buffer;
}

class Fp8BlockScaledCublasLt final : public CublasLtGemm {
 public:
  explicit Fp8BlockScaledCublasLt(bool grouped)
      : CublasLtGemm("fp8_e4m3",
                     grouped ? "cublaslt_grouped_block_scaled" : "cublaslt_block_scaled",
                     tensor_core_types("fp8_e4m3"), CublasLtSum::fp8, 90,
                     grouped ? "cuBLASLt with scales by block, a call a group of rows"
                             : "cuBLASLt with scales by block, the fastest of its heuristics"),
        grouped_(grouped) {}

  std::unique_ptr<TimedCase> prepare(GroupContext& context) const override {
    Device& device = context.device();
    const auto operands = GemmOperands::of(context, types());
    const GemmShape shape = operands->shape();
    const auto scales =
        std::make_shared<const BlockScales>(BlockScales::drawn(shape, context.seed()));
    const auto session = std::make_shared<const CublasLtSession>(library(), device);
    const auto parts = std::make_shared<std::vector<ScaledPart>>();
    for (const GemmPart& part : operands->parts())
      parts->push_back(scaled_part(part, *operands, *scales, session, context.purpose()));
    const auto multiply = [parts, shape, types = types()](const GemmPointers& whole) {
      for (const ScaledPart& one : *parts)
        (*one.multiply)(matrices_of(one.part, shape, types, whole));
    };
    Json choice = grouped_
                      ? Json{{"library_version", library().version()}, {"calls", parts->size()}}
                      : parts->front().multiply->choice();
    return std::make_unique<GemmCase>(operands, bind_calls<GemmPointers>(multiply),
                                      std::move(choice), GemmTerms{scales});
  }

 protected:
  std::optional<std::string> missing(const Device& device) const override {
    if (auto why = capability_missing({9, true}, device)) return why;
    if (auto why = CublasLtGemm::missing(device)) return why;
    if (library().version() >= kLeastVersion) return std::nullopt;
    return fmt::format("needs cuBLASLt {} or later, this is {}", kLeastVersion,
                       library().version());
  }
  bool takes_batches() const override { return false; }  // scales lie in the order of one matrix
  bool takes_groups() const override { return grouped_; }

 private:
  static constexpr std::size_t kLeastVersion = 120900;  // what scales of 128 came with

  ScaledPart scaled_part(const GemmPart& part, GemmOperands& operands, const BlockScales& scales,
                         const std::shared_ptr<const CublasLtSession>& session,
                         Purpose purpose) const {
    const GemmShape& whole = operands.shape();
    ScaledPart made{part, placed_scales(session->device, padded_scales_a(scales, whole, part)),
                    placed_scales(session->device, padded_scales_b(scales, whole, part)), nullptr};
    const CublasLtScales given{CUBLASLT_MATMUL_MATRIX_SCALE_VEC128_32F,
                               CUBLASLT_MATMUL_MATRIX_SCALE_BLK128x128_32F, made.scales_a->data(),
                               made.scales_b->data()};
    std::vector<GemmPointers> sets;
    for (const GemmPointers& set : operands.sets())
      sets.push_back(matrices_of(part, whole, types(), set));
    made.multiply = std::make_unique<const CublasLtMultiply>(
        session, CublasLtProduct{{part.rows, whole.n, whole.k}, types(), sum(), given}, sets,
        purpose);
    return made;
  }

  bool grouped_;
};

struct BlockScaledPeers {
  BlockScaledPeers() {
    for (const bool grouped : {false, true})
      enrol(std::make_unique<Fp8BlockScaledCublasLt>(grouped));
  }
};
const BlockScaledPeers block_scaled_peers;

}  // namespace
}  // namespace assay
