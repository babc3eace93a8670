// TMA: bulk copies of bytes and of boxes of a tensor, between global and shared memory.
#pragma once

#include <cuda.h>

#include <cstdint>

#include "device/launch.cuh"
#include "kernels/device/element.h"

namespace assay::device {

// Loads complete their bytes on an mbarrier; a multicast writes to the same place in every block of
// the cluster whose bit is set in `blocks`, and completes on each one's own barrier. Stores and
// reductions are waited for in groups by the thread that issued them. Coordinates are in elements,
// innermost first; what lies outside the tensor loads as zero and is not stored.

/// Addresses and `bytes` are multiples of 16.
__device__ __forceinline__ void bulk_load(void* shared, const void* global, std::uint32_t bytes,
                                          std::uint64_t* barrier) {
  asm volatile(
      "cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1], %2, [%3];" ::
          "r"(shared_address(shared)),
      "l"(global), "r"(bytes), "r"(shared_address(barrier))
      : "memory");
}

__device__ __forceinline__ void bulk_load_multicast(void* shared, const void* global,
                                                    std::uint32_t bytes, std::uint64_t* barrier,
                                                    std::uint16_t blocks) {
  asm volatile(
      "cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes.multicast::cluster [%0], "
      "[%1], %2, [%3], %4;" ::"r"(shared_address(shared)),
      "l"(global), "r"(bytes), "r"(shared_address(barrier)), "h"(blocks)
      : "memory");
}

__device__ __forceinline__ void bulk_store(void* global, const void* shared, std::uint32_t bytes) {
  asm volatile("cp.async.bulk.global.shared::cta.bulk_group [%0], [%1], %2;" ::"l"(global),
               "r"(shared_address(shared)), "r"(bytes)
               : "memory");
}

/// How PTX names the addition of T.
template <typename T>
struct BulkAddition;
template <>
struct BulkAddition<float> {
  static constexpr const char kName[] = "add.f32";
};
template <>
struct BulkAddition<Bf16> {
  static constexpr const char kName[] = "add.noftz.bf16";
};
template <>
struct BulkAddition<F16> {
  static constexpr const char kName[] = "add.noftz.f16";
};
template <>
struct BulkAddition<std::int32_t> {
  static constexpr const char kName[] = "add.s32";
};
template <>
struct BulkAddition<std::uint32_t> {
  static constexpr const char kName[] = "add.u32";
};

/// T: float, Bf16, F16, std::int32_t, std::uint32_t.
template <typename T>
__device__ __forceinline__ void bulk_reduce_add(T* global, const T* shared, std::uint32_t bytes) {
  asm volatile(
      "cp.reduce.async.bulk.global.shared::cta.bulk_group.%3 [%0], [%1], %2;" ::"l"(global),
      "r"(shared_address(shared)), "r"(bytes), "C"(BulkAddition<T>::kName)
      : "memory");
}

/// kRank 2 to 4: tensor_load(tile, map, {column, row}, &full).
template <int kRank>
__device__ __forceinline__ void tensor_load(void* shared, const CUtensorMap& map,
                                            const int (&at)[kRank], std::uint64_t* barrier) {
  static_assert(kRank >= 2 && kRank <= 4);
  if constexpr (kRank == 2) {
    asm volatile(
        "cp.async.bulk.tensor.2d.shared::cluster.global.tile.mbarrier::complete_tx::bytes [%0], "
        "[%1, {%3, %4}], [%2];" ::"r"(shared_address(shared)),
        "l"(&map), "r"(shared_address(barrier)), "r"(at[0]), "r"(at[1])
        : "memory");
  } else if constexpr (kRank == 3) {
    asm volatile(
        "cp.async.bulk.tensor.3d.shared::cluster.global.tile.mbarrier::complete_tx::bytes [%0], "
        "[%1, {%3, %4, %5}], [%2];" ::"r"(shared_address(shared)),
        "l"(&map), "r"(shared_address(barrier)), "r"(at[0]), "r"(at[1]), "r"(at[2])
        : "memory");
  } else {
    asm volatile(
        "cp.async.bulk.tensor.4d.shared::cluster.global.tile.mbarrier::complete_tx::bytes [%0], "
        "[%1, {%3, %4, %5, %6}], [%2];" ::"r"(shared_address(shared)),
        "l"(&map), "r"(shared_address(barrier)), "r"(at[0]), "r"(at[1]), "r"(at[2]), "r"(at[3])
        : "memory");
  }
}

template <int kRank>
__device__ __forceinline__ void tensor_load_multicast(void* shared, const CUtensorMap& map,
                                                      const int (&at)[kRank],
                                                      std::uint64_t* barrier,
                                                      std::uint16_t blocks) {
  static_assert(kRank >= 2 && kRank <= 4);
  if constexpr (kRank == 2) {
    asm volatile(
        "cp.async.bulk.tensor.2d.shared::cluster.global.tile.mbarrier::complete_tx::bytes."
        "multicast::cluster [%0], [%1, {%4, %5}], [%2], %3;" ::"r"(shared_address(shared)),
        "l"(&map), "r"(shared_address(barrier)), "h"(blocks), "r"(at[0]), "r"(at[1])
        : "memory");
  } else if constexpr (kRank == 3) {
    asm volatile(
        "cp.async.bulk.tensor.3d.shared::cluster.global.tile.mbarrier::complete_tx::bytes."
        "multicast::cluster [%0], [%1, {%4, %5, %6}], [%2], %3;" ::"r"(shared_address(shared)),
        "l"(&map), "r"(shared_address(barrier)), "h"(blocks), "r"(at[0]), "r"(at[1]), "r"(at[2])
        : "memory");
  } else {
    asm volatile(
        "cp.async.bulk.tensor.4d.shared::cluster.global.tile.mbarrier::complete_tx::bytes."
        "multicast::cluster [%0], [%1, {%4, %5, %6, %7}], [%2], %3;" ::"r"(shared_address(shared)),
        "l"(&map), "r"(shared_address(barrier)), "h"(blocks), "r"(at[0]), "r"(at[1]), "r"(at[2]),
        "r"(at[3])
        : "memory");
  }
}

template <int kRank>
__device__ __forceinline__ void tensor_store(const CUtensorMap& map, const int (&at)[kRank],
                                             const void* shared) {
  static_assert(kRank >= 2 && kRank <= 4);
  if constexpr (kRank == 2) {
    asm volatile(
        "cp.async.bulk.tensor.2d.global.shared::cta.tile.bulk_group [%1, {%2, %3}], [%0];" ::"r"(
            shared_address(shared)),
        "l"(&map), "r"(at[0]), "r"(at[1])
        : "memory");
  } else if constexpr (kRank == 3) {
    asm volatile(
        "cp.async.bulk.tensor.3d.global.shared::cta.tile.bulk_group [%1, {%2, %3, %4}], [%0];" ::
            "r"(shared_address(shared)),
        "l"(&map), "r"(at[0]), "r"(at[1]), "r"(at[2])
        : "memory");
  } else {
    asm volatile(
        "cp.async.bulk.tensor.4d.global.shared::cta.tile.bulk_group [%1, {%2, %3, %4, %5}], "
        "[%0];" ::"r"(shared_address(shared)),
        "l"(&map), "r"(at[0]), "r"(at[1]), "r"(at[2]), "r"(at[3])
        : "memory");
  }
}

/// Adds in the tensor's element type; the order of additions is not determined.
template <int kRank>
__device__ __forceinline__ void tensor_reduce_add(const CUtensorMap& map, const int (&at)[kRank],
                                                  const void* shared) {
  static_assert(kRank >= 2 && kRank <= 4);
  if constexpr (kRank == 2) {
    asm volatile(
        "cp.reduce.async.bulk.tensor.2d.global.shared::cta.add.tile.bulk_group [%1, {%2, %3}], "
        "[%0];" ::"r"(shared_address(shared)),
        "l"(&map), "r"(at[0]), "r"(at[1])
        : "memory");
  } else if constexpr (kRank == 3) {
    asm volatile(
        "cp.reduce.async.bulk.tensor.3d.global.shared::cta.add.tile.bulk_group [%1, {%2, %3, %4}], "
        "[%0];" ::"r"(shared_address(shared)),
        "l"(&map), "r"(at[0]), "r"(at[1]), "r"(at[2])
        : "memory");
  } else {
    asm volatile(
        "cp.reduce.async.bulk.tensor.4d.global.shared::cta.add.tile.bulk_group [%1, {%2, %3, %4, "
        "%5}], [%0];" ::"r"(shared_address(shared)),
        "l"(&map), "r"(at[0]), "r"(at[1]), "r"(at[2]), "r"(at[3])
        : "memory");
  }
}

/// Into L2 only; no barrier, no effect that a program can see.
template <int kRank>
__device__ __forceinline__ void tensor_prefetch(const CUtensorMap& map, const int (&at)[kRank]) {
  static_assert(kRank >= 2 && kRank <= 4);
  if constexpr (kRank == 2) {
    asm volatile("cp.async.bulk.prefetch.tensor.2d.L2.global.tile [%0, {%1, %2}];" ::"l"(&map),
                 "r"(at[0]), "r"(at[1])
                 : "memory");
  } else if constexpr (kRank == 3) {
    asm volatile("cp.async.bulk.prefetch.tensor.3d.L2.global.tile [%0, {%1, %2, %3}];" ::"l"(&map),
                 "r"(at[0]), "r"(at[1]), "r"(at[2])
                 : "memory");
  } else {
    asm volatile(
        "cp.async.bulk.prefetch.tensor.4d.L2.global.tile [%0, {%1, %2, %3, %4}];" ::"l"(&map),
        "r"(at[0]), "r"(at[1]), "r"(at[2]), "r"(at[3])
        : "memory");
  }
}

/// Brings the descriptor itself near.
__device__ __forceinline__ void prefetch_tensor_map(const CUtensorMap& map) {
  asm volatile("prefetch.tensormap [%0];" ::"l"(&map) : "memory");
}

/// Closes the group of this thread's stores and reductions since the last commit.
__device__ __forceinline__ void bulk_commit() {
  asm volatile("cp.async.bulk.commit_group;" ::: "memory");
}

/// Waits until at most kPending groups still have to read their shared memory.
template <int kPending>
__device__ __forceinline__ void bulk_wait_read() {
  asm volatile("cp.async.bulk.wait_group.read %0;" ::"n"(kPending) : "memory");
}

/// Waits until at most kPending groups are not yet complete and visible.
template <int kPending>
__device__ __forceinline__ void bulk_wait() {
  asm volatile("cp.async.bulk.wait_group %0;" ::"n"(kPending) : "memory");
}

}  // namespace assay::device
