// How a product is launched: its plan, the instance of the kernel, tensor maps and workspace.
#pragma once

#include <type_traits>

#include "device/tensor_map.cuh"
#include "harness/core/error.h"
#include "kernels/gemm/gemm_kernel.h"
#include "kernels/gemm/sm90/kernel.cuh"
#include "kernels/gemm/sm90/plan.h"
#include "kernels/launch/prepare.cuh"

namespace assay::sm90 {

template <class T>
inline constexpr device::TensorElement kTensorElement = device::TensorElement::kU8;
template <>
inline constexpr device::TensorElement kTensorElement<device::Bf16> = device::TensorElement::kBf16;
template <>
inline constexpr device::TensorElement kTensorElement<device::F16> = device::TensorElement::kF16;
template <>
inline constexpr device::TensorElement kTensorElement<device::Tf32> = device::TensorElement::kF32;
template <>
inline constexpr device::TensorElement kTensorElement<float> = device::TensorElement::kF32;
template <>
inline constexpr device::TensorElement kTensorElement<std::int32_t> = device::TensorElement::kS32;

/// How an instance of gemm() runs under a plan, or one of a kernel that takes more arguments after
/// the same ones.
template <class K, class Function, class... More>
GemmPlan kernel_plan(Function function, const Product& product, const Plan& plan,
                     const GemmProblem& problem, const More&... more) {
  Arguments arguments;
  arguments.schedule = plan.schedule;
  arguments.alpha = problem.alpha;
  arguments.beta = problem.beta;
  arguments.group_begins = problem.group_begins;
  arguments.rows = static_cast<int>(problem.shape.m);
  arguments.columns = static_cast<int>(problem.shape.n);
  device::LaunchConfig config;
  config.grid.x = static_cast<unsigned>(plan.clusters * K::kTile.cluster);
  config.block.x = static_cast<unsigned>(threads(K::kTile));
  config.cluster.x = static_cast<unsigned>(K::kTile.cluster);
  config.shared_bytes = sizeof(Shared<K>);
  config.registers_per_thread = registers(K::kTile).initial;
  const auto bind = [=](const GemmPointers& matrices, const Workspace& workspace) {
    Arguments bound = arguments;
    bound.c = matrices.c;
    bound.partials = workspace.scratch;
    bound.arrivals = static_cast<std::uint32_t*>(workspace.counters);
    const Maps maps = maps_of(product, K::kTile, matrices);
    return prepare_launch(config, function, device::encode_tensor_map(maps.left),
                          device::encode_tensor_map(maps.right), device::encode_tensor_map(maps.c),
                          bound, more...);
  };
  return {describe(plan), static_cast<std::size_t>(partials_bytes(plan.schedule, K::kTile)),
          static_cast<std::size_t>(arrivals_bytes(plan.schedule, K::kTile)), bind};
}

/// What `with` makes of the listed tile of a plan.
template <int kIndex = 0, class With>
GemmPlan with_tile(const Plan& plan, const With& with) {
  if constexpr (kIndex + 1 < kTileCount) {
    if (plan.tile != kTiles[kIndex]) return with_tile<kIndex + 1>(plan, with);
  }
  return with(ListedTile<kIndex>{});
}

/// The kernels of one dtype: C = A B.
template <class A, class B, class C, device::Major kMajorB,
          device::Major kMajorA = device::Major::kK>
struct Gemm {
  static Product product(const GemmShape& shape) {
    return {.shape = shape,
            .a = kTensorElement<A>,
            .b = kTensorElement<B>,
            .c = kTensorElement<C>,
            .a_major = kMajorA,
            .b_major = kMajorB};
  }

  static std::optional<std::string> refuses(const GemmShape& shape) {
    return refusal(product(shape));
  }

  static GemmPlans plans(const GemmProblem& problem) { return offered<false>(problem); }
  static GemmPlans plans_grouped(const GemmProblem& problem) { return offered<true>(problem); }
  /// Always the first configuration and whole sums: the same additions in the same order.
  static GemmPlans plans_fixed(const GemmProblem& problem) {
    return {of_tile<ListedTile<0>, false>(
        plan_with(product(problem.shape), kTiles[0], 1, problem.multiprocessors), problem)};
  }

 private:
  using Plain = Operands<A, B, C, kMajorA, kMajorB>;
  using Swapped = Operands<B, A, C, kMajorB, kMajorA>;

  template <bool kGrouped>
  static GemmPlans offered(const GemmProblem& problem) {
    GemmPlans offered;
    for (const Plan& plan : cheapest(product(problem.shape), problem.multiprocessors))
      offered.push_back(with_tile(
          plan, [&](auto tile) { return of_tile<decltype(tile), kGrouped>(plan, problem); }));
    return offered;
  }

  /// cheapest() gives no tile that cannot take the layouts: those kernels are not compiled.
  template <class Tile, bool kGrouped>
  static GemmPlan of_tile(const Plan& plan, const GemmProblem& problem) {
    using Sides = std::conditional_t<Tile::kTile.swapped, Swapped, Plain>;
    if constexpr (takes(Tile::kTile, Sides::kRightMajor)) {
      using K = Kernel<Sides, Tile, kGrouped>;
      return kernel_plan<K>(gemm<K>, product(problem.shape), plan, problem);
    } else {
      throw Error("the plan has a tile that cannot take the operands: " + describe(plan));
    }
  }
};

/// The catalogue's entry of one dtype; variants are made from it.
template <class G>
GemmKernel entry(const char* dtype, const char* summary,
                 GemmPlans (*plans)(const GemmProblem&) = G::plans) {
  return {.dtype = dtype,
          .name = "sm90",
          .summary = summary,
          .types = tensor_core_types(dtype),
          .plans = plans,
          .capability = {9, true},
          .refuses = G::refuses,
          .takes = GemmParts::batches};
}

}  // namespace assay::sm90
