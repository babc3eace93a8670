// gemm.f32.planted_flip: the host's own product, searched for silent data corruption, with a bit
// that flips in a buffer while it is sampled. Linked into the planted executable alone.
#include <cstring>

#include "kernels/gemm/blocked_multiply.h"
#include "kernels/gemm/gemm_case.h"
#include "kernels/gemm/sdc/sdc_case.h"
#include "kernels/thread_pool.h"

namespace assay {

namespace {

constexpr OutputTile kTile{16, 8};
constexpr std::int64_t kRow = 33, kColumn = 21;
constexpr int kGoodRuns = 8;  // verification, the golden run and the first samples

void compare_on_host(const ComparedResults& results) {
  for (std::uint64_t i = 0; i < results.words; ++i) {
    const auto* golden = static_cast<const unsigned char*>(results.golden) + 4 * i;
    const auto* got = static_cast<const unsigned char*>(results.got) + 4 * i;
    if (std::memcmp(golden, got, 4) == 0) continue;
    ++results.difference->words;
    results.difference->first = std::min<unsigned long long>(results.difference->first, i);
  }
}

class PlantedFlip final : public GemmImplementation {
 public:
  PlantedFlip()
      : GemmImplementation(Backend::host, "f32", "planted_flip", "planted: one bit flips",
                           host_gemm_types("f32")) {}

  std::unique_ptr<TimedCase> prepare(GroupContext& context) const override {
    const auto operands = GemmOperands::of(context, types());
    const auto shape = operands->shape();
    const auto product = std::make_shared<BlockedMultiply>(shape, host_threads(context.device()));
    const auto runs = std::make_shared<int>(0);  // of all operand sets
    const auto multiply = [shape, product, runs](const GemmPointers& p) {
      auto* c = static_cast<float*>(p.c);
      (*product)(static_cast<const float*>(p.a), static_cast<const float*>(p.b), c);
      if ((*runs)++ == kGoodRuns)
        reinterpret_cast<std::uint32_t*>(c)[kRow * shape.n + kColumn] ^= 1;
    };
    KernelPlan<ComparedResults> compare;
    compare.bind = [](const ComparedResults& results, const Workspace&) {
      return PreparedLaunch([results](void*) { compare_on_host(results); });
    };
    return std::make_unique<SdcCase>(context.device(), operands, bind_calls<GemmPointers>(multiply),
                                     PreparedKernel<ComparedResults>(context.device(), compare),
                                     kTile, Json::object());
  }
};

const Enrolment<PlantedFlip> planted_flip_enrolment;

}  // namespace

}  // namespace assay
