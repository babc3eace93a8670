// Trials of the ladder's kernels on the smallest shapes that go round their rings twice.
#include "tests/emulator/ladder_trials.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "device/tensor_map.cuh"
#include "kernels/device/formats.h"
#include "kernels/ladder/swizzled_transpose.cuh"
#include "kernels/ladder/tile_product.cuh"
#include "kernels/ladder/tma_copy.cuh"
#include "tests/emulator/exact_product.h"
#include "tests/emulator/kernel_trial.h"

namespace assay::emulator {

namespace {

using device::Bf16;
using device::LaunchConfig;
using device::Swizzle;
using device::TensorElement;
using device::TensorMapSpec;

CUtensorMap float_map(std::span<float> data, std::uint64_t columns, std::uint32_t box_columns,
                      std::uint32_t box_rows, Swizzle swizzle) {
  TensorMapSpec spec;
  spec.element = TensorElement::kF32;
  spec.address = data.data();
  spec.size = {columns, data.size() / columns};
  spec.stride_bytes = {columns * sizeof(float)};
  spec.box = {box_columns, box_rows};
  spec.swizzle = swizzle;
  return device::encode_tensor_map(spec);
}

CUtensorMap bf16_map(std::span<Bf16> data, int columns, int box_rows,
                     Swizzle swizzle = Swizzle::k128) {
  TensorMapSpec spec;
  spec.element = TensorElement::kBf16;
  spec.address = data.data();
  spec.size = {static_cast<std::uint64_t>(columns),
               data.size() / static_cast<std::size_t>(columns)};
  spec.stride_bytes = {static_cast<std::uint64_t>(columns) * sizeof(Bf16)};
  spec.box = {64, static_cast<std::uint32_t>(box_rows)};
  spec.swizzle = swizzle;
  return device::encode_tensor_map(spec);
}

template <class Config>
void product(Emulator& emulator, int m, int n, int k, int blocks,
             Swizzle swizzle_b = Swizzle::k128) {
  const auto count = [](int rows, int columns) {
    return static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns);
  };
  const auto a = emulator.input<Bf16>("a", count(m, k));
  const auto b = emulator.input<Bf16>("b", count(n, k));
  const auto c = emulator.output<Bf16>("c", count(m, n));
  fill_integers(a, 1);
  fill_integers(b, 2);
  const CUtensorMap map_a = bf16_map(a, k, Config::kTileM);
  const int rows_b = Config::kTileN / Config::kCluster;
  const CUtensorMap map_b = bf16_map(b, k, rows_b, swizzle_b);
  const CUtensorMap map_c = bf16_map(c, n, 64);
  LaunchConfig config;
  config.grid.x = static_cast<unsigned>(blocks);
  config.block.x = Config::kThreads;
  config.cluster.x = Config::kCluster;
  config.shared_bytes = sizeof(ladder::TileProductShared<Config>);
  config.registers_per_thread = Config::kRegisters;
  const auto ceiling = [](int x, int y) { return (x + y - 1) / y; };
  const int tiles_m = ceiling(ceiling(m, Config::kTileM), Config::kCluster) * Config::kCluster;
  const int tiles = tiles_m * ceiling(n, Config::kTileN);
  device::launch(config, ladder::tile_product<Config>, map_a, map_b, map_c,
                 ladder::ProductShape{tiles_m, tiles, ceiling(k, Config::kTileK)});
  const std::string difference = difference_to_product(a, b, c, m, n, k);
  expect(difference.empty(), difference);
}

}  // namespace

void tma_copy_trial(Emulator& emulator) {
  using Config = ladder::TmaCopyConfig<8, 32, 3>;
  constexpr int kTiles = 14;
  constexpr std::size_t kRows = kTiles * Config::kRows - 3;  // the last tile is ragged
  const auto from = emulator.input<float>("from", kRows * Config::kColumns);
  const auto to = emulator.output<float>("to", kRows * Config::kColumns);
  std::iota(from.begin(), from.end(), 1.0f);
  LaunchConfig config;
  config.grid.x = 2;
  config.block.x = Config::kThreads;
  config.shared_bytes = sizeof(ladder::TmaCopyShared<Config>);
  const auto map = [](std::span<float> data) {
    return float_map(data, Config::kColumns, Config::kColumns, Config::kRows, Swizzle::kNone);
  };
  device::launch(config, ladder::tma_copy<Config>, map(from), map(to), kTiles);
  expect(std::equal(from.begin(), from.end(), to.begin()), "the copy differs from the original");
}

void transpose_trial(Emulator& emulator) {
  using Config = ladder::TransposeConfig<2>;
  constexpr std::size_t kRows = 76;  // ragged both ways
  constexpr std::size_t kColumns = 60;
  constexpr int kTilesX = 2;
  constexpr int kTilesY = 3;
  const auto from = emulator.input<float>("from", kRows * kColumns);
  const auto to = emulator.output<float>("to", kRows * kColumns);
  std::iota(from.begin(), from.end(), 1.0f);
  LaunchConfig config;
  config.block.x = Config::kThreads;
  config.shared_bytes = sizeof(ladder::TransposeShared<Config>);
  device::launch(config, ladder::swizzled_transpose<Config>,
                 float_map(from, kColumns, Config::kTile, Config::kTile, Swizzle::k128),
                 float_map(to, kRows, Config::kTile, Config::kTile, Swizzle::k128), kTilesX,
                 kTilesX * kTilesY);
  for (std::size_t i = 0; i < from.size(); ++i) {
    const float got = to[i % kColumns * kRows + i / kColumns];
    if (got != from[i]) {
      expect(false, fmt::format("element {} is {} and should be {}", i, got, from[i]));
    }
  }
}

void tile_product_trial(Emulator& emulator) {
  product<ladder::TileProductConfig<64, 2>>(emulator, 120, 120, 136, 1);
}

void tile_product_cluster_trial(Emulator& emulator) {
  product<ladder::TileProductConfig<64, 2, 2>>(emulator, 256, 120, 136, 2);
}

void large_product_trial(Emulator& emulator, int m, int n, int k) {
  product<ladder::TileProductConfig<256, 3>>(emulator, m, n, k, m / 128 * (n / 256));
}

void mismatched_swizzle_trial(Emulator& emulator) {
  product<ladder::TileProductConfig<64, 2>>(emulator, 128, 64, 256, 1, Swizzle::kNone);
}

namespace {

const NotFunctional kPool{"setmaxnreg.inc", "it asks for speed: the emulator allots registers"};
const NotFunctional kConverge{"bar.warp.sync",
                              "the cluster's barrier wants a converged warp; here lanes are free"};

const KernelEnrolment kTmaCopy{{"tma_copy", tma_copy_trial, {}}};
const KernelEnrolment kTranspose{{"swizzled_transpose", transpose_trial, {}}};
const KernelEnrolment kTileProduct{{"tile_product", tile_product_trial, {kPool}}};
const KernelEnrolment kCluster{
    {"tile_product_cluster", tile_product_cluster_trial, {kPool, kConverge}}};

}  // namespace

}  // namespace assay::emulator
