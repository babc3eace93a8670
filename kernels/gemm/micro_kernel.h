// The inner loop of the blocked GEMM, chosen once for the processor it runs on.
#pragma once

#include <cstdint>

namespace assay {

/// C[mr, nr] (+)= A B over kc steps. `a` holds mr values for each step, `b` nr, both packed; C has
/// row stride ldc. `accumulate` false: C is overwritten, never read.
struct MicroKernel {
  const char* isa;
  int mr, nr;
  void (*run)(std::int64_t kc, const float* a, const float* b, float* c, std::int64_t ldc,
              bool accumulate);
};

inline constexpr int kMaxMr = 14, kMaxNr = 32;

/// The widest that this processor has: avx512, avx2 (with fma), or 128-bit vectors.
const MicroKernel& micro_kernel();

}  // namespace assay
