// The ladder's kernels on a GPU.
#include "tests/gpu/ladder_variants.cuh"

namespace assay::gpu {

std::span<const LadderVariant> ladder_variants() { return kLadderVariants; }

}  // namespace assay::gpu
