// Touches every function of the layer that sm_80 has, so that ptxas sees each instruction form.
#include "device/async_copy.cuh"
#include "device/atomic.cuh"
#include "device/barrier.cuh"
#include "device/convert.cuh"
#include "device/exponential.cuh"
#include "device/launch.cuh"
#include "device/matrix.cuh"
#include "device/mma_sync.cuh"
#include "device/warp.cuh"

namespace assay::device {
namespace {

__global__ void every_thread_instruction(unsigned* out, float* sums) {
  const Index3 thread = thread_index();
  unsigned value = thread.x + thread.y + thread.z + block_index().x + block_size().x +
                   grid_size().x + lane_index() + warp_index();
  auto* shared = static_cast<unsigned*>(dynamic_smem());
  shared[thread.x] = value;
  syncthreads();
  named_barrier_arrive(1, 64);
  named_barrier_sync(2, 32);
  syncwarp();
  value +=
      shuffle(value, 3) + shuffle_xor(value, 1) + shuffle_up(value, 2u) + shuffle_down(value, 2u);
  value += vote_any(value > 3) + vote_all(value > 5) + vote_ballot(value > 7);
  value += atomic_add(out, value) + atomic_max(out, value) + atomic_min(out, value);
  value += atomic_exchange(out, value) + atomic_compare_exchange(out, value, 1u);
  value += atomic_add_release(out, 1) + load_acquire(out) + shared_address(shared);
  atomic_add(sums, shuffle(exp2_approx(sums[1]), 0));
  store_release(out, value + pack_bf16(sums[2], sums[3]) + pack_f16(sums[4], sums[5]) +
                         static_cast<std::uint32_t>(widen(F16{static_cast<std::uint16_t>(value)})));
  if (value == 0) trap();
}

template <bool kTranspose>
__global__ void every_matrix_load(std::uint32_t* out, const unsigned char* in) {
  auto* shared = static_cast<unsigned char*>(dynamic_smem());
  copy_async<4>(shared, in);
  copy_async<8>(shared + 16, in + 16);
  copy_async<16>(shared + 32, in + 32);
  copy_async_zero_fill<4>(shared + 48, in + 48, 3);
  copy_async_zero_fill<16>(shared + 64, in + 64, 3);
  copy_async_commit();
  copy_async_wait<1>();
  copy_async_wait<0>();
  std::uint32_t one[1];
  std::uint32_t two[2];
  std::uint32_t four[4];
  ldmatrix<kTranspose>(one, shared);
  ldmatrix<kTranspose>(two, shared);
  ldmatrix<kTranspose>(four, shared);
  out[thread_index().x] = one[0] + two[0] + two[1] + four[0] + four[1] + four[2] + four[3];
}

template <typename T, typename D>
__global__ void every_product(D* out, const std::uint32_t* in) {
  const std::uint32_t a[4] = {in[0], in[1], in[2], in[3]};
  const std::uint32_t b[2] = {in[4], in[5]};
  const D c[4] = {out[0], out[1], out[2], out[3]};
  D d[4];
  mma_sync<T>(d, a, b, c);
  for (int i = 0; i < 4; ++i) out[4 * thread_index().x + i] = d[i];
}

template __global__ void every_matrix_load<false>(std::uint32_t*, const unsigned char*);
template __global__ void every_matrix_load<true>(std::uint32_t*, const unsigned char*);
template __global__ void every_product<Bf16>(float*, const std::uint32_t*);
template __global__ void every_product<F16>(float*, const std::uint32_t*);
template __global__ void every_product<Tf32>(float*, const std::uint32_t*);
template __global__ void every_product<std::int8_t>(std::int32_t*, const std::uint32_t*);

}  // namespace

void launch_every_thread_instruction(unsigned* out, float* sums) {
  launch({.block = {64, 1, 1}, .shared_bytes = 1024}, every_thread_instruction, out, sums);
}

}  // namespace assay::device
