// From a catalogue case to a launch: plan, tensor maps, workspace, the instance of the kernel.
#pragma once

#include <type_traits>

#include "device/tensor_map.cuh"
#include "kernels/gemm/gpu_gemm.h"
#include "kernels/gemm/sm90/kernel.cuh"
#include "kernels/gemm/sm90/plan.h"

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

/// Launches an instance of gemm(), or of a kernel that takes more arguments after the same ones.
template <class K, class Function, class... More>
void launch_kernel(Function function, const Product& product, const Plan& plan,
                   const GemmCall& call, const More&... more) {
  Arguments arguments;
  arguments.schedule = plan.schedule;
  arguments.alpha = call.alpha;
  arguments.beta = call.beta;
  arguments.group_begins = call.group_begins;
  arguments.c = call.matrices.c;
  arguments.rows = static_cast<int>(call.shape.m);
  arguments.columns = static_cast<int>(call.shape.n);
  arguments.partials = call.workspace;
  arguments.arrivals = reinterpret_cast<std::uint32_t*>(static_cast<char*>(call.workspace) +
                                                        partials_bytes(plan.schedule, K::kTile));
  const Maps maps = maps_of(product, K::kTile, call.matrices);
  device::LaunchConfig config;
  config.grid.x = static_cast<unsigned>(plan.clusters * K::kTile.cluster);
  config.block.x = static_cast<unsigned>(threads(K::kTile));
  config.cluster.x = static_cast<unsigned>(K::kTile.cluster);
  config.shared_bytes = sizeof(Shared<K>);
  config.stream = call.stream;
  device::launch(config, function, device::encode_tensor_map(maps.left),
                 device::encode_tensor_map(maps.right), device::encode_tensor_map(maps.c),
                 arguments, more...);
}

/// Calls `with` with the listed tile of a plan.
template <int kIndex = 0, class With>
void with_tile(const Plan& plan, const With& with) {
  if constexpr (kIndex < kTileCount) {
    if (plan.tile != kIndex) return with_tile<kIndex + 1>(plan, with);
    with(ListedTile<kIndex>{});
  }
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

  static std::size_t workspace_bytes(const GemmShape& shape, int multiprocessors) {
    const Plan plan = choose(product(shape), multiprocessors);
    return static_cast<std::size_t>(partials_bytes(plan.schedule, kTiles[plan.tile]) +
                                    arrivals_bytes(plan.schedule, kTiles[plan.tile]));
  }

  static std::string describe(const GemmShape& shape, int multiprocessors) {
    return sm90::describe(choose(product(shape), multiprocessors));
  }

  static void launch(const GemmCall& call) {
    const Plan plan = choose(product(call.shape), call.multiprocessors);
    with_tile(plan, [&](auto tile) { run<decltype(tile), false>(plan, call); });
  }
  static void launch_grouped(const GemmCall& call) {
    const Plan plan = choose(product(call.shape), call.multiprocessors);
    with_tile(plan, [&](auto tile) { run<decltype(tile), true>(plan, call); });
  }

  /// Always the first configuration and whole sums: the same additions in the same order.
  static Plan fixed_plan(const GemmShape& shape, int multiprocessors) {
    return plan_with(product(shape), 0, 1, multiprocessors);
  }
  static void launch_fixed(const GemmCall& call) {
    run<ListedTile<0>, false>(fixed_plan(call.shape, call.multiprocessors), call);
  }
  static std::string describe_fixed(const GemmShape& shape, int multiprocessors) {
    return sm90::describe(fixed_plan(shape, multiprocessors));
  }

 private:
  using Plain = Operands<A, B, C, kMajorA, kMajorB>;
  using Swapped = Operands<B, A, C, kMajorB, kMajorA>;

  /// choose() gives no tile that cannot take the layouts: those kernels are not compiled.
  template <class Tile, bool kGrouped>
  static void run(const Plan& plan, const GemmCall& call) {
    using Sides = std::conditional_t<Tile::kTile.swapped, Swapped, Plain>;
    if constexpr (takes(Tile::kTile, Sides::kRightMajor)) {
      using K = Kernel<Sides, Tile, kGrouped>;
      launch_kernel<K>(gemm<K>, product(call.shape), plan, call);
    }
  }
};

/// The catalogue's entry of one dtype; variants are made from it.
template <class G>
GpuGemmKernel entry(const char* dtype, const char* summary,
                    void (*launch)(const GemmCall&) = G::launch) {
  return {.dtype = dtype,
          .name = "sm90",
          .summary = summary,
          .types = tensor_core_types(dtype),
          .launch = launch,
          .capability = 9,
          .only_there = true,
          .refuses = G::refuses,
          .workspace_bytes = G::workspace_bytes,
          .describe = G::describe,
          .batched = true};
}

}  // namespace assay::sm90
