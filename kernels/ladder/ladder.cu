// The ladder's kernels as nvcc compiles them for Hopper.
#include "kernels/ladder/swizzled_transpose.cuh"
#include "kernels/ladder/tile_product.cuh"
#include "kernels/ladder/tma_copy.cuh"

namespace assay::ladder {

template __global__ void tma_copy<TmaCopyConfig<64, 32, 4>>(const __grid_constant__ CUtensorMap,
                                                            const __grid_constant__ CUtensorMap,
                                                            int);
template __global__ void swizzled_transpose<TransposeConfig<2>>(const __grid_constant__ CUtensorMap,
                                                                const __grid_constant__ CUtensorMap,
                                                                int, int);
template __global__ void tile_product<TileProductConfig<256, 3>>(
    const __grid_constant__ CUtensorMap, const __grid_constant__ CUtensorMap,
    const __grid_constant__ CUtensorMap, ProductShape);
template __global__ void tile_product<TileProductConfig<256, 3, 2>>(
    const __grid_constant__ CUtensorMap, const __grid_constant__ CUtensorMap,
    const __grid_constant__ CUtensorMap, ProductShape);

}  // namespace assay::ladder
