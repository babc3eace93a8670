// TMA: emulated.
#pragma once

#include <cuda.h>

#include <cstdint>
#include <source_location>

#include "device/launch.cuh"
#include "kernels/device/element.h"
#include "kernels/emulator/bulk_copy.h"

namespace assay::device {

inline void bulk_load(void* shared, const void* global, std::uint32_t bytes, std::uint64_t* barrier,
                      std::source_location at = std::source_location::current()) {
  emulator::bulk_load(shared, global, bytes, barrier, 0, {"cp.async.bulk.shared.global", at});
}

inline void bulk_load_multicast(void* shared, const void* global, std::uint32_t bytes,
                                std::uint64_t* barrier, std::uint16_t blocks,
                                std::source_location at = std::source_location::current()) {
  emulator::bulk_load(shared, global, bytes, barrier, blocks,
                      {"cp.async.bulk.shared.global.multicast", at});
}

inline void bulk_store(void* global, const void* shared, std::uint32_t bytes,
                       std::source_location at = std::source_location::current()) {
  emulator::bulk_store(global, shared, bytes, emulator::Addition::kNone,
                       {"cp.async.bulk.global.shared", at});
}

template <typename T>
inline constexpr emulator::Addition kAdditionOf = emulator::Addition::kNone;
template <>
inline constexpr emulator::Addition kAdditionOf<float> = emulator::Addition::kF32;
template <>
inline constexpr emulator::Addition kAdditionOf<Bf16> = emulator::Addition::kBf16;
template <>
inline constexpr emulator::Addition kAdditionOf<F16> = emulator::Addition::kF16;
template <>
inline constexpr emulator::Addition kAdditionOf<std::int32_t> = emulator::Addition::kS32;
template <>
inline constexpr emulator::Addition kAdditionOf<std::uint32_t> = emulator::Addition::kU32;

template <typename T>
void bulk_reduce_add(T* global, const T* shared, std::uint32_t bytes,
                     std::source_location at = std::source_location::current()) {
  static_assert(kAdditionOf<T> != emulator::Addition::kNone, "this type has no bulk addition");
  emulator::bulk_store(global, shared, bytes, kAdditionOf<T>,
                       {"cp.reduce.async.bulk.global.shared", at});
}

template <int kRank>
void tensor_load(void* shared, const CUtensorMap& map, const int (&at)[kRank],
                 std::uint64_t* barrier,
                 std::source_location where = std::source_location::current()) {
  static_assert(kRank >= 2 && kRank <= 4);
  emulator::tensor_load(shared, map, at, kRank, barrier, 0,
                        {"cp.async.bulk.tensor.shared.global", where});
}

template <int kRank>
void tensor_load_multicast(void* shared, const CUtensorMap& map, const int (&at)[kRank],
                           std::uint64_t* barrier, std::uint16_t blocks,
                           std::source_location where = std::source_location::current()) {
  static_assert(kRank >= 2 && kRank <= 4);
  emulator::tensor_load(shared, map, at, kRank, barrier, blocks,
                        {"cp.async.bulk.tensor.shared.global.multicast", where});
}

template <int kRank>
void tensor_store(const CUtensorMap& map, const int (&at)[kRank], const void* shared,
                  std::source_location where = std::source_location::current()) {
  static_assert(kRank >= 2 && kRank <= 4);
  emulator::tensor_store(map, at, kRank, shared, false,
                         {"cp.async.bulk.tensor.global.shared", where});
}

template <int kRank>
void tensor_reduce_add(const CUtensorMap& map, const int (&at)[kRank], const void* shared,
                       std::source_location where = std::source_location::current()) {
  static_assert(kRank >= 2 && kRank <= 4);
  emulator::tensor_store(map, at, kRank, shared, true,
                         {"cp.reduce.async.bulk.tensor.global.shared", where});
}

template <int kRank>
void tensor_prefetch(const CUtensorMap& map, const int (&)[kRank],
                     std::source_location where = std::source_location::current()) {
  static_assert(kRank >= 2 && kRank <= 4);
  emulator::tensor_prefetch(map, kRank, {"cp.async.bulk.prefetch.tensor", where});
}

inline void prefetch_tensor_map(const CUtensorMap&) {}

inline void bulk_commit(std::source_location at = std::source_location::current()) {
  emulator::bulk_commit({"cp.async.bulk.commit_group", at});
}

template <int kPending>
void bulk_wait_read(std::source_location at = std::source_location::current()) {
  emulator::bulk_wait_read(kPending, {"cp.async.bulk.wait_group.read", at});
}

template <int kPending>
void bulk_wait(std::source_location at = std::source_location::current()) {
  emulator::bulk_wait(kPending, {"cp.async.bulk.wait_group", at});
}

}  // namespace assay::device
