// Touches every function of the layer that Hopper adds, so that ptxas sees each instruction form.
#include "device/cluster.cuh"
#include "device/convert.cuh"
#include "device/fence.cuh"
#include "device/launch.cuh"
#include "device/matrix.cuh"
#include "device/mbarrier.cuh"
#include "device/mma_sync.cuh"
#include "device/register.cuh"
#include "device/tma.cuh"
#include "device/warp.cuh"
#include "device/wgmma.cuh"

namespace assay::device {
namespace {

__global__ void every_barrier_and_fence(std::uint32_t* out) {
  auto* barrier = static_cast<std::uint64_t*>(dynamic_smem());
  mbarrier_init(barrier, 1);
  fence_mbarrier_init();
  threadfence_block();
  threadfence();
  cluster_sync();
  mbarrier_arrive(barrier);
  mbarrier_arrive_expect_tx(barrier, 64);
  mbarrier_expect_tx(barrier, 64);
  mbarrier_arrive_remote(barrier, cluster_size() - 1 - cluster_rank());
  while (!mbarrier_try_wait_parity(barrier, 1)) {
  }
  mbarrier_wait_parity(barrier, 0);
  mbarrier_invalidate(barrier);
  fence_proxy_async_shared();
  fence_proxy_async_global();
  const std::uint64_t* remote = map_to_rank(barrier + 1, 0);
  if (elect_one()) out[0] = static_cast<std::uint32_t>(*remote);
  const std::uint32_t pairs[4] = {pack_e4m3(1, 2), pack_e5m2(3, 4), 5, 6};
  const std::uint32_t(&one)[1] = {7};
  const std::uint32_t(&two)[2] = {8, 9};
  stmatrix(barrier + 16, one);
  stmatrix<true>(barrier + 16, one);
  stmatrix(barrier + 16, two);
  stmatrix<true>(barrier + 16, two);
  stmatrix(barrier + 16, pairs);
  stmatrix<true>(barrier + 16, pairs);
}

template <int kRank>
__global__ void every_tensor_copy(const __grid_constant__ CUtensorMap map, int first) {
  auto* barrier = static_cast<std::uint64_t*>(dynamic_smem());
  auto* tile = reinterpret_cast<float*>(barrier + 128);
  int at[kRank] = {first};
  prefetch_tensor_map(map);
  tensor_prefetch(map, at);
  tensor_load(tile, map, at, barrier);
  tensor_load_multicast(tile, map, at, barrier, 3);
  tensor_store(map, at, tile);
  tensor_reduce_add(map, at, tile);
  bulk_commit();
  bulk_wait_read<0>();
  bulk_wait<0>();
}

template <typename T>
__global__ void every_bulk_copy(T* global) {
  auto* barrier = static_cast<std::uint64_t*>(dynamic_smem());
  auto* tile = reinterpret_cast<T*>(barrier + 128);
  bulk_load(tile, global, 256, barrier);
  bulk_load_multicast(tile, global, 256, barrier, 3);
  bulk_store(global, tile, 256);
  bulk_reduce_add(global, tile, 256);
  bulk_commit();
  bulk_wait<0>();
}

template <int kN, typename A, typename B, typename D, Major kMajorA = Major::kK,
          Major kMajorB = Major::kK>
__global__ void __launch_bounds__(128, 1) every_wgmma(D* out, const std::uint32_t* in) {
  registers_decrease<160>();
  registers_increase<232>();
  const std::uint64_t a = matrix_descriptor(dynamic_smem(), Swizzle::k128, 4096, 1024);
  const std::uint64_t b = advanced(a, 8192);
  const std::uint32_t a_registers[4] = {in[0], in[1], in[2], in[3]};
  D d[kN / 2] = {};
  wgmma_fence(d);
  wgmma<A, B, kMajorA, kMajorB>(d, a, b, false);
  wgmma<A, B, kMajorB>(d, a_registers, b, true);
  wgmma_commit();
  wgmma_wait<0>(d);
#pragma unroll
  for (int i = 0; i < kN / 2; ++i) out[128 * i + thread_index().x] = d[i];
}

template <typename A, typename B>
__global__ void every_fp8_product(float* out, const std::uint32_t* in) {
  const std::uint32_t a[4] = {in[0], in[1], in[2], in[3]};
  const std::uint32_t b[2] = {in[4], in[5]};
  const float c[4] = {};
  float d[4];
  mma_sync<A, B>(d, a, b, c);
  for (int i = 0; i < 4; ++i) out[4 * thread_index().x + i] = d[i];
}

template <typename... Names>
void use(Names...) {}

template <typename A, typename D, Major kMajorA = Major::kK, Major kMajorB = Major::kK>
void use_every_size() {
  use(every_wgmma<8, A, A, D, kMajorA, kMajorB>, every_wgmma<16, A, A, D, kMajorA, kMajorB>,
      every_wgmma<24, A, A, D, kMajorA, kMajorB>, every_wgmma<32, A, A, D, kMajorA, kMajorB>,
      every_wgmma<64, A, A, D, kMajorA, kMajorB>, every_wgmma<96, A, A, D, kMajorA, kMajorB>,
      every_wgmma<128, A, A, D, kMajorA, kMajorB>, every_wgmma<176, A, A, D, kMajorA, kMajorB>,
      every_wgmma<192, A, A, D, kMajorA, kMajorB>, every_wgmma<256, A, A, D, kMajorA, kMajorB>);
}

}  // namespace

void use_every_instruction() {
  use(every_barrier_and_fence, every_tensor_copy<2>, every_tensor_copy<3>, every_tensor_copy<4>,
      every_bulk_copy<float>, every_bulk_copy<Bf16>, every_bulk_copy<F16>,
      every_bulk_copy<std::int32_t>, every_bulk_copy<std::uint32_t>);
  use(every_fp8_product<E4m3, E4m3>, every_fp8_product<E4m3, E5m2>, every_fp8_product<E5m2, E4m3>,
      every_fp8_product<E5m2, E5m2>);
  use_every_size<Bf16, float>();
  use_every_size<F16, float>();
  use_every_size<Tf32, float>();
  use_every_size<E4m3, float>();
  use_every_size<std::int8_t, std::int32_t>();
  use(every_wgmma<64, E4m3, E5m2, float>, every_wgmma<64, E5m2, E4m3, float>,
      every_wgmma<64, E5m2, E5m2, float>, every_wgmma<64, Bf16, Bf16, float, Major::kK, Major::kMn>,
      every_wgmma<64, Bf16, Bf16, float, Major::kMn, Major::kK>,
      every_wgmma<64, F16, F16, float, Major::kMn, Major::kMn>);
}

}  // namespace assay::device
