// How each kernel of the ladder is launched: compiled by nvcc, and over the emulated device layer.
#pragma once

#include "device/launch.cuh"
#include "device/tensor_map.cuh"
#include "kernels/ladder/swizzled_transpose.cuh"
#include "kernels/ladder/tile_product.cuh"
#include "kernels/ladder/tma_copy.cuh"
#include "tests/gpu/ladder_variants.h"

namespace assay::gpu {

constexpr int ceiling(int x, int y) { return (x + y - 1) / y; }

struct Box {
  int rows;
  int columns;
};

/// A rows x columns matrix, row by row, which copies move by boxes.
inline CUtensorMap map_of(const void* address, device::TensorElement element, int rows, int columns,
                          Box box, device::Swizzle swizzle) {
  device::TensorMapSpec spec;
  spec.element = element;
  spec.address = address;
  spec.size = {static_cast<std::uint64_t>(columns), static_cast<std::uint64_t>(rows)};
  spec.stride_bytes = {static_cast<std::uint64_t>(columns) * device::element_bytes(element)};
  spec.box = {static_cast<std::uint32_t>(box.columns), static_cast<std::uint32_t>(box.rows)};
  spec.swizzle = swizzle;
  return device::encode_tensor_map(spec);
}

inline device::LaunchConfig config_of(int blocks, int threads, std::size_t shared_bytes) {
  device::LaunchConfig config;
  config.grid.x = static_cast<unsigned>(blocks);
  config.block.x = static_cast<unsigned>(threads);
  config.shared_bytes = shared_bytes;
  return config;
}

template <class Config>
void launch_copy(const LadderShape& shape, int blocks, const LadderArrays& arrays) {
  const auto map = [&](const void* address) {
    return map_of(address, device::TensorElement::kF32, shape.m, shape.n,
                  {Config::kRows, Config::kColumns}, device::Swizzle::kNone);
  };
  device::launch(config_of(blocks, Config::kThreads, sizeof(ladder::TmaCopyShared<Config>)),
                 ladder::tma_copy<Config>, map(arrays.a), map(arrays.c),
                 ceiling(shape.m, Config::kRows));
}

template <class Config>
void launch_transpose(const LadderShape& shape, int blocks, const LadderArrays& arrays) {
  const auto map = [](const void* address, int rows, int columns) {
    return map_of(address, device::TensorElement::kF32, rows, columns,
                  {Config::kTile, Config::kTile}, device::Swizzle::k128);
  };
  const int tiles_x = ceiling(shape.n, Config::kTile);
  device::launch(config_of(blocks, Config::kThreads, sizeof(ladder::TransposeShared<Config>)),
                 ladder::swizzled_transpose<Config>, map(arrays.a, shape.m, shape.n),
                 map(arrays.c, shape.n, shape.m), tiles_x,
                 tiles_x * ceiling(shape.m, Config::kTile));
}

template <class Config>
void launch_product(const LadderShape& shape, int blocks, const LadderArrays& arrays) {
  const auto map = [](const void* address, int rows, int columns, int box_rows) {
    return map_of(address, device::TensorElement::kBf16, rows, columns, {box_rows, 64},
                  device::Swizzle::k128);
  };
  auto config = config_of(blocks, Config::kThreads, sizeof(ladder::TileProductShared<Config>));
  config.cluster.x = Config::kCluster;
  config.registers_per_thread = Config::kRegisters;
  const int tiles_m =
      ceiling(ceiling(shape.m, Config::kTileM), Config::kCluster) * Config::kCluster;
  device::launch(config, ladder::tile_product<Config>,
                 map(arrays.a, shape.m, shape.k, Config::kTileM),
                 map(arrays.b, shape.n, shape.k, Config::kTileN / Config::kCluster),
                 map(arrays.c, shape.m, shape.n, 64),
                 ladder::ProductShape{tiles_m, tiles_m * ceiling(shape.n, Config::kTileN),
                                      ceiling(shape.k, Config::kTileK)});
}

constexpr LadderVariant kLadderVariants[] = {
    {"tma_copy.f32.rows8_stages3", launch_copy<ladder::TmaCopyConfig<8, 32, 3>>},
    {"tma_copy.f32.rows64_stages4", launch_copy<ladder::TmaCopyConfig<64, 32, 4>>},
    {"swizzled_transpose.f32.stages2", launch_transpose<ladder::TransposeConfig<2>>},
    {"tile_product.bf16.n64_stages2", launch_product<ladder::TileProductConfig<64, 2>>},
    {"tile_product.bf16.n256_stages3", launch_product<ladder::TileProductConfig<256, 3>>},
    {"tile_product.bf16.n64_stages2_cluster2", launch_product<ladder::TileProductConfig<64, 2, 2>>},
    {"tile_product.bf16.n256_stages3_cluster2",
     launch_product<ladder::TileProductConfig<256, 3, 2>>},
};

}  // namespace assay::gpu
