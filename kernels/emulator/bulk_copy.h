// Bulk and tensor copies: TMA's loads, stores and reductions, piece by piece at any later time.
#pragma once

#include <cuda.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "kernels/device/tensor_map.h"
#include "kernels/emulator/threads.h"

namespace assay::emulator {

/// One row of a box: contiguous in global memory, and in shared memory up to the swizzle.
struct CopyRow {
  std::uint32_t shared = 0;  ///< Address before the swizzle.
  char* global = nullptr;    ///< Of the row's first byte, which may be outside of the tensor.
  std::uint32_t bytes = 0;
  std::uint32_t begin = 0;  ///< The bytes that are inside: [begin, end).
  std::uint32_t end = 0;
};

/// What is copied, whichever way.
struct CopyPlan {
  std::vector<CopyRow> rows;
  std::uint32_t shared = 0;  ///< Where it starts in shared memory, and how much that is.
  std::uint32_t bytes = 0;
  device::Swizzle swizzle = device::Swizzle::kNone;
  device::TensorElement element = device::TensorElement::kU8;
};

enum class Addition { kNone, kF32, kBf16, kF16, kS32, kU32 };

/// Throws Failure with the rule that the map breaks.
CUtensorMap encode_tensor_map(const device::TensorMapSpec& spec);

void bulk_load(void* shared, const void* global, std::uint32_t bytes, const void* barrier,
               std::uint16_t blocks, const Site& site);
void bulk_store(void* global, const void* shared, std::uint32_t bytes, Addition addition,
                const Site& site);
/// `blocks`: 0 means the own block only, no multicast.
void tensor_load(void* shared, const CUtensorMap& map, const int* at, int rank, const void* barrier,
                 std::uint16_t blocks, const Site& site);
void tensor_store(const CUtensorMap& map, const int* at, int rank, const void* shared, bool adds,
                  const Site& site);
void tensor_prefetch(const CUtensorMap& map, int rank, const Site& site);

void bulk_commit(const Site& site);
void bulk_wait_read(std::uint32_t pending, const Site& site);
void bulk_wait(std::uint32_t pending, const Site& site);

// Between the files of this instruction.

CopyPlan plan_bytes(const void* shared, const void* global, std::uint32_t bytes, const Site& site);
CopyPlan plan_box(const CUtensorMap& map, const int* at, int rank, const void* shared,
                  const Site& site);
void start_load(const CopyPlan& plan, Block& home, const void* barrier, const Site& site);
void start_store(CopyPlan plan, Addition addition, const Site& site);

}  // namespace assay::emulator
