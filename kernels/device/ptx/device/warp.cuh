// What the lanes of a warp tell each other: shuffles, votes, the election of one lane.
#pragma once

namespace assay::device {

/// shfl.sync of a 32-bit value (int, unsigned or float). These order no memory.
template <typename T>
__device__ __forceinline__ T shuffle(T value, int lane, unsigned mask = 0xffffffffu) {
  static_assert(sizeof(T) == 4, "a shuffle moves 32 bits");
  return __shfl_sync(mask, value, lane);
}

template <typename T>
__device__ __forceinline__ T shuffle_xor(T value, int lane_mask, unsigned mask = 0xffffffffu) {
  static_assert(sizeof(T) == 4, "a shuffle moves 32 bits");
  return __shfl_xor_sync(mask, value, lane_mask);
}

template <typename T>
__device__ __forceinline__ T shuffle_up(T value, unsigned delta, unsigned mask = 0xffffffffu) {
  static_assert(sizeof(T) == 4, "a shuffle moves 32 bits");
  return __shfl_up_sync(mask, value, delta);
}

template <typename T>
__device__ __forceinline__ T shuffle_down(T value, unsigned delta, unsigned mask = 0xffffffffu) {
  static_assert(sizeof(T) == 4, "a shuffle moves 32 bits");
  return __shfl_down_sync(mask, value, delta);
}

__device__ __forceinline__ bool vote_any(bool predicate, unsigned mask = 0xffffffffu) {
  return __any_sync(mask, predicate);
}

__device__ __forceinline__ bool vote_all(bool predicate, unsigned mask = 0xffffffffu) {
  return __all_sync(mask, predicate);
}

__device__ __forceinline__ unsigned vote_ballot(bool predicate, unsigned mask = 0xffffffffu) {
  return __ballot_sync(mask, predicate);
}

/// elect.sync: true in exactly one of the lanes in `mask`.
__device__ __forceinline__ bool elect_one(unsigned mask = 0xffffffffu) {
  unsigned elected;
  asm volatile(
      "{\n"
      ".reg .pred p;\n"
      "elect.sync _|p, %1;\n"
      "selp.u32 %0, 1, 0, p;\n"
      "}\n"
      : "=r"(elected)
      : "r"(mask));
  return elected != 0;
}

}  // namespace assay::device
