// The ladder's kernels in the emulator; instrumented, so it holds nothing else.
#include "tests/gpu/ladder_variants.cuh"

namespace assay::gpu {

std::span<const LadderVariant> ladder_variants() { return kLadderVariants; }

}  // namespace assay::gpu
