// A trial of one configuration of the Hopper GEMM kernel: small integers in, every element checked.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "kernels/emulator/emulator.h"
#include "kernels/gemm/sm90/launch.cuh"
#include "tests/emulator/gemm/exact_gemm.h"

namespace assay::emulator {

template <class T>
inline constexpr Stored kStoredAs = Stored::kF32;
template <>
inline constexpr Stored kStoredAs<device::Bf16> = Stored::kBf16;
template <>
inline constexpr Stored kStoredAs<device::F16> = Stored::kF16;
template <>
inline constexpr Stored kStoredAs<device::Tf32> = Stored::kTf32;
template <>
inline constexpr Stored kStoredAs<device::E4m3> = Stored::kE4m3;
template <>
inline constexpr Stored kStoredAs<device::E5m2> = Stored::kE5m2;
template <>
inline constexpr Stored kStoredAs<std::int8_t> = Stored::kInt8;
template <>
inline constexpr Stored kStoredAs<std::int32_t> = Stored::kInt32;

struct GemmTrial {
  int m, n, k;
  int splits = 1;
  int blocks = 2;  ///< The multiprocessors of the device.
  int batches = 1;
  float alpha = 1;
  float beta = 0;
  std::vector<int> group_rows = {};  ///< Of a grouped kernel: they add up to m.
  bool shares = false;               ///< Stream-K: the last tiles are shared evenly.
};

/// Rows of A and C that one matrix of B makes.
struct TrialPart {
  int first_row;
  int rows;
};
inline std::vector<TrialPart> trial_parts(const GemmTrial& trial) {
  std::vector<TrialPart> parts;
  if (trial.group_rows.empty()) {
    for (int i = 0; i < trial.batches; ++i) parts.push_back({i * trial.m, trial.m});
  }
  int first_row = 0;
  for (const int rows : trial.group_rows) {
    parts.push_back({first_row, rows});
    first_row += rows;
  }
  return parts;
}

/// The begins of a trial's groups, as a kernel reads them.
inline const std::int32_t* trial_groups(Emulator& emulator, const GemmTrial& trial) {
  const auto begins = emulator.input<std::int32_t>("groups", trial.group_rows.size() + 1);
  for (std::size_t i = 0; i < trial.group_rows.size(); ++i) {
    begins[i + 1] = begins[i] + trial.group_rows[i];
  }
  return begins.data();
}

inline sm90::Plan trial_plan(Emulator& emulator, const sm90::Product& product,
                             const sm90::TileConfig& tile, const GemmTrial& trial) {
  const sm90::Plan plan = trial.shares ? sm90::plan_sharing(product, tile, trial.blocks).value()
                                       : sm90::plan_with(product, tile, trial.splits, trial.blocks);
  // Parts of a tile meet in memory: their blocks run together, as on a GPU.
  if (plan.schedule.tiles_in_parts() > 0)
    emulator.keep_resident(static_cast<std::uint32_t>(plan.clusters));
  return plan;
}

/// Launches as a case of the catalogue would; returns the counters of its workspace.
inline std::span<unsigned char> launch_planned(Emulator& emulator, const GemmPlan& plan,
                                               const GemmPointers& matrices) {
  const auto scratch =
      emulator.output<char>("scratch", std::max<std::size_t>(4, plan.scratch_bytes));
  const auto counters = emulator.input<unsigned char>("counters", plan.counter_bytes + 4);
  plan.bind(matrices, {scratch.data(), counters.data()}).launch(nullptr);
  return counters;
}

template <class K>
void run_gemm_trial(Emulator& emulator, const GemmTrial& trial) {
  using Operands = typename K::Operands;
  constexpr sm90::TileConfig kTile = K::kTile;
  using A = std::conditional_t<kTile.swapped, typename Operands::Right, typename Operands::Left>;
  using B = std::conditional_t<kTile.swapped, typename Operands::Left, typename Operands::Right>;
  sm90::Product product;
  product.shape = {trial.m, trial.n, trial.k, trial.batches,
                   static_cast<std::int64_t>(trial.group_rows.size())};
  product.a = tensor_element(kStoredAs<A>);
  product.b = tensor_element(kStoredAs<B>);
  product.c = tensor_element(kStoredAs<typename Operands::Output>);
  product.a_major = kTile.swapped ? Operands::kRightMajor : Operands::kLeftMajor;
  product.b_major = kTile.swapped ? Operands::kLeftMajor : Operands::kRightMajor;

  const auto bytes = [](int rows, int columns, device::TensorElement element) {
    return static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns) *
           device::element_bytes(element);
  };
  const std::size_t a_bytes = bytes(trial.m, trial.k, product.a),
                    b_bytes = bytes(trial.k, trial.n, product.b),
                    c_bytes = bytes(trial.m, trial.n, product.c);
  const auto batches = static_cast<std::size_t>(trial.batches);
  const auto parts = trial_parts(trial);
  const auto a = emulator.input<unsigned char>("a", batches * a_bytes);
  const auto b = emulator.input<unsigned char>("b", parts.size() * b_bytes);
  const auto c = trial.beta == 0 ? emulator.output<unsigned char>("c", batches * c_bytes)
                                 : emulator.input<unsigned char>("c", batches * c_bytes);
  fill_stored(a, kStoredAs<A>, 1);
  fill_stored(b, kStoredAs<B>, 2);
  if (trial.beta != 0) fill_stored(c, kStoredAs<typename Operands::Output>, 3);
  const std::vector<unsigned char> before(c.begin(), c.end());

  GemmProblem problem{product.shape, trial.blocks, trial.alpha, trial.beta};
  if (K::kGrouped) problem.group_begins = trial_groups(emulator, trial);
  const sm90::Plan plan = trial_plan(emulator, product, kTile, trial);
  const auto arrivals =
      launch_planned(emulator, sm90::kernel_plan<K>(sm90::gemm<K>, product, plan, problem),
                     {a.data(), b.data(), c.data()});

  expect(std::all_of(arrivals.begin(), arrivals.end(), [](auto n) { return n == 0; }),
         "the counts of parts are not zero again");
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto [first_row, rows] = parts[i];
    const ExactGemm exact{rows,
                          trial.n,
                          trial.k,
                          product.a_major == device::Major::kK,
                          product.b_major == device::Major::kMn,
                          trial.alpha,
                          trial.beta};
    const auto mine = [&, first = first_row, count = rows](std::span<const unsigned char> all,
                                                           std::size_t bytes_of_m) {
      const std::size_t row = bytes_of_m / static_cast<std::size_t>(trial.m);
      return all.subspan(static_cast<std::size_t>(first) * row,
                         static_cast<std::size_t>(count) * row);
    };
    const std::string difference = gemm_difference(
        exact, mine(a, a_bytes), kStoredAs<A>,
        std::span<const unsigned char>(b).subspan(i * b_bytes, b_bytes), kStoredAs<B>,
        mine(before, c_bytes), mine(c, c_bytes), kStoredAs<typename Operands::Output>);
    expect(difference.empty(),
           difference.empty() ? difference : "part " + std::to_string(i) + ": " + difference);
  }
}

}  // namespace assay::emulator
