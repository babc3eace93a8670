// Rung 1 of the ladder in the emulator.
#include <doctest/doctest.h>

#include <numeric>

#include "device/tensor_map.cuh"
#include "kernels/ladder/tma_copy.cuh"
#include "tests/emulator/runtime/emulator.h"

namespace assay::emulator {

namespace {

using Config = ladder::TmaCopyConfig<8, 32, 3>;

void copy_trial(Emulator& emulator) {
  constexpr int kTiles = 14;
  constexpr std::uint64_t kRows = kTiles * Config::kRows - 3;  // the last tile is ragged
  const auto from = emulator.input<float>("from", kRows * Config::kColumns);
  const auto to = emulator.output<float>("to", kRows * Config::kColumns);
  std::iota(from.begin(), from.end(), 1.0f);
  device::TensorMapSpec spec;
  spec.element = device::TensorElement::kF32;
  spec.address = from.data();
  spec.size = {Config::kColumns, kRows};
  spec.stride_bytes = {Config::kColumns * sizeof(float)};
  spec.box = {Config::kColumns, Config::kRows};
  const CUtensorMap source = device::encode_tensor_map(spec);
  spec.address = to.data();
  const CUtensorMap target = device::encode_tensor_map(spec);
  device::LaunchConfig config;
  config.grid.x = 2;
  config.block.x = Config::kThreads;
  config.shared_bytes = sizeof(ladder::TmaCopyShared<Config>);
  device::launch(config, ladder::tma_copy<Config>, source, target, kTiles);
  expect(std::equal(from.begin(), from.end(), to.begin()), "the copy differs from the original");
}

}  // namespace

TEST_SUITE("property") {
  TEST_CASE("the TMA copy is right under every seed") {
    const Found found = search(copy_trial, seeds(100));
    CHECK_MESSAGE(found.failures == 0, found.first->text());
  }
}

}  // namespace assay::emulator
