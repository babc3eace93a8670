// ex2.approx: powers of two, as fast as the special function unit gives them.
#pragma once

namespace assay::device {

/// 2^x within a relative error of 2^-22; 1 for 0, 0 for minus infinity. Subnormals count as 0.
__device__ __forceinline__ float exp2_approx(float x) {
  float power;
  asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(power) : "f"(x));
  return power;
}

}  // namespace assay::device
