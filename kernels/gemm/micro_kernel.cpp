// One loop over vectors, instantiated for each width and compiled for its instruction set.
//
// The accumulators fill the register file: 6 x 2 of 16 registers (avx2), 14 x 2 of 32 (avx512).
#include "kernels/gemm/micro_kernel.h"

#include <cstring>

namespace assay {
namespace {

template <int kBytes>
struct Vector {
  // May sit at any address: packed panels are aligned, rows of C need not be.
  typedef float Type __attribute__((vector_size(kBytes), aligned(4), may_alias));
};

/// kMr rows of two vectors each.
template <int kMr, int kVectorBytes>
[[gnu::always_inline]] inline void multiply_panel(std::int64_t kc, const float* a, const float* b,
                                                  float* c, std::int64_t ldc, bool accumulate) {
  using V = typename Vector<kVectorBytes>::Type;
  constexpr int kLanes = kVectorBytes / 4;
  V sum[kMr][2] = {};
  for (std::int64_t k = 0; k < kc; ++k) {
    const V b0 = *reinterpret_cast<const V*>(b);
    const V b1 = *reinterpret_cast<const V*>(b + kLanes);
#pragma GCC unroll 16
    for (int i = 0; i < kMr; ++i) {
      sum[i][0] += a[i] * b0;
      sum[i][1] += a[i] * b1;
    }
    a += kMr;
    b += 2 * kLanes;
  }
#pragma GCC unroll 16
  for (int i = 0; i < kMr; ++i) {
    V* row = reinterpret_cast<V*>(c + i * ldc);
    V* next = reinterpret_cast<V*>(c + i * ldc + kLanes);
    *row = accumulate ? *row + sum[i][0] : sum[i][0];
    *next = accumulate ? *next + sum[i][1] : sum[i][1];
  }
}

void panel_128(std::int64_t kc, const float* a, const float* b, float* c, std::int64_t ldc,
               bool accumulate) {
  multiply_panel<4, 16>(kc, a, b, c, ldc, accumulate);
}

#if defined(__x86_64__)
[[gnu::target("avx2,fma")]] void panel_avx2(std::int64_t kc, const float* a, const float* b,
                                            float* c, std::int64_t ldc, bool accumulate) {
  multiply_panel<6, 32>(kc, a, b, c, ldc, accumulate);
}

[[gnu::target("avx512f")]] void panel_avx512(std::int64_t kc, const float* a, const float* b,
                                             float* c, std::int64_t ldc, bool accumulate) {
  multiply_panel<14, 64>(kc, a, b, c, ldc, accumulate);
}
#endif

MicroKernel choose() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) return {"avx512", 14, 32, panel_avx512};
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    return {"avx2", 6, 16, panel_avx2};
  }
#endif
  return {"128-bit", 4, 8, panel_128};
}

}  // namespace

const MicroKernel& micro_kernel() {
  static const MicroKernel chosen = choose();
  return chosen;
}

}  // namespace assay
