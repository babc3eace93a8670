// The trials of the block-scaled fp8 kernel: scales of 1 and 2, so that the answer stays exact.
#include "kernels/gemm/sm90/block_scaled.cuh"
#include "tests/emulator/gemm/configurations.h"
#include "tests/emulator/gemm/gemm_trial.h"
#include "tests/emulator/kernel_trial.h"

namespace assay::emulator {

namespace {

using device::E4m3;
using device::Major;
using ScaledOperands = sm90::Operands<E4m3, E4m3, device::Bf16, Major::kK, Major::kK>;

struct ShortRing {
  static constexpr sm90::TileConfig kTile{128, 128, 2, 2, 1};
};

/// What the scales make of a matrix of `rows` by k: the same values times 1 or 2.
std::vector<unsigned char> scaled_values(std::span<const unsigned char> matrix, int rows, int k,
                                         const std::function<float(int, int)>& scale) {
  std::vector<unsigned char> out(matrix.size());
  for (int row = 0; row < rows; ++row) {
    for (int i = 0; i < k; ++i) {
      const auto place =
          static_cast<std::size_t>(row) * static_cast<std::size_t>(k) + static_cast<std::size_t>(i);
      const float value = device::to_float(E4m3{matrix[place]});
      out[place] = device::to_e4m3(value * scale(row, i / sm90::kScaleBlock)).bits;
    }
  }
  return out;
}

template <class K>
void run_block_scaled(Emulator& emulator, const GemmTrial& trial) {
  constexpr sm90::TileConfig kTile = K::kTile;
  const sm90::Product product{{trial.m, trial.n, trial.k, trial.batches,
                               static_cast<std::int64_t>(trial.group_rows.size())},
                              device::TensorElement::kU8,
                              device::TensorElement::kU8,
                              device::TensorElement::kBf16,
                              Major::kK,
                              Major::kK};
  const auto count = [](int rows, int columns) {
    return static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns);
  };
  const sm90::Plan plan = trial_plan(emulator, product, kTile, trial);
  const int k_blocks = plan.schedule.k_blocks;
  const std::vector<TrialPart> parts = trial_parts(trial);
  const int rows = trial.m * trial.batches, matrices = static_cast<int>(parts.size());
  const int n_blocks = (trial.n + 127) / 128;
  const auto a = emulator.input<unsigned char>("a", count(rows, trial.k));
  const auto b = emulator.input<unsigned char>("b", count(matrices * trial.n, trial.k));
  const auto c = emulator.output<unsigned char>("c", 2 * count(rows, trial.n));
  const auto scales_a = emulator.input<float>("scales of a", count(k_blocks, rows));
  const auto scales_b = emulator.input<float>("scales of b", count(matrices * n_blocks, k_blocks));
  GemmProblem problem{product.shape, trial.blocks};
  if (K::kGrouped) problem.group_begins = trial_groups(emulator, trial);
  fill_stored(a, Stored::kE4m3, 1);
  fill_stored(b, Stored::kE4m3, 2);
  for (std::size_t i = 0; i < scales_a.size(); ++i) scales_a[i] = i % 3 == 0 ? 2.0f : 1.0f;
  for (std::size_t i = 0; i < scales_b.size(); ++i) scales_b[i] = i % 2 == 0 ? 2.0f : 1.0f;
  launch_planned(emulator,
                 sm90::kernel_plan<K>(sm90::gemm_block_scaled<K>, product, plan, problem,
                                      sm90::ScaleBlocks{scales_a.data(), scales_b.data()}),
                 {a.data(), b.data(), c.data()});
  const auto expanded_a = scaled_values(a, rows, trial.k, [&](int row, int block) {
    return scales_a[count(block, rows) + static_cast<std::size_t>(row)];
  });
  const auto expanded_b = scaled_values(b, matrices * trial.n, trial.k, [&](int row, int block) {
    const int n_block = row / trial.n * n_blocks + row % trial.n / 128;
    return scales_b[count(n_block, k_blocks) + static_cast<std::size_t>(block)];
  });
  const std::vector<unsigned char> before(c.size());
  for (int i = 0; i < matrices; ++i) {
    const auto [first_row, part_rows] = parts[static_cast<std::size_t>(i)];
    const auto lines = [](std::span<const unsigned char> all, std::size_t first, std::size_t size) {
      return all.subspan(first, size);
    };
    const std::string difference = gemm_difference(
        {part_rows, trial.n, trial.k, true, false, 1, 0},
        lines(expanded_a, count(first_row, trial.k), count(part_rows, trial.k)), Stored::kE4m3,
        lines(expanded_b, count(i * trial.n, trial.k), count(trial.n, trial.k)), Stored::kE4m3,
        lines(before, 2 * count(first_row, trial.n), 2 * count(part_rows, trial.n)),
        lines(c, 2 * count(first_row, trial.n), 2 * count(part_rows, trial.n)), Stored::kBf16);
    expect(difference.empty(), difference);
  }
}

void gemm_block_scaled_trial(Emulator& emulator) {
  run_block_scaled<sm90::Kernel<ScaledOperands, ShortRing>>(emulator, {72, 264, 272, 1, 1});
}
const NotFunctional kRegisterPool{"setmaxnreg.inc",
                                  "it asks for speed: the emulator allots registers"};
const KernelEnrolment kBlockScaled{{"gemm_block_scaled", gemm_block_scaled_trial, {kRegisterPool}}};

}  // namespace

std::vector<Configuration> block_scaled_configurations() {
  using Listed = sm90::Kernel<ScaledOperands, sm90::ListedTile<2>>;
  using Grouped = sm90::Kernel<ScaledOperands, sm90::ListedTile<2>, true>;
  return {{"block-scaled fp8",
           [](Emulator& emulator) {
             run_block_scaled<Listed>(emulator, {128, 128, 256});
           },
           [](Emulator& emulator) {
             run_block_scaled<Listed>(emulator, {136, 136, 272, 1, 2, 2});
           }},
          {"block-scaled fp8, shared",
           [](Emulator& emulator) {
             run_block_scaled<Listed>(emulator, {128, 384, 512, 1, 2, 1, 1, 0, {}, true});
           },
           [](Emulator& emulator) {
             run_block_scaled<Listed>(emulator, {136, 136, 272, 1, 3, 1, 1, 0, {}, true});
           }},
          {"grouped block-scaled fp8",
           [](Emulator& emulator) {
             run_block_scaled<Grouped>(emulator, {256, 128, 256, 1, 2, 1, 1, 0, {128, 128}});
           },
           [](Emulator& emulator) {
             run_block_scaled<Grouped>(emulator, {140, 136, 144, 1, 2, 1, 1, 0, {3, 0, 136, 1}});
           }}};
}

}  // namespace assay::emulator
