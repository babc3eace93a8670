// The four memory workloads: what each reads and writes, and its exact answer. Light: for .cu too.
//
// Every answer is exact for any order, vector width and fusing of multiply and add:
//   memory_read   reads b; the sum of its 32-bit words, modulo 2^32, from partial sums
//   memory_write  a[i] = written_value(i), in [1, 2), another mantissa in every element
//   memory_copy   a[i] = b[i]
//   memory_triad  a[i] = b[i] + 2 c[i]: the product by 2 is exact, so only the sum rounds
#pragma once

#include <bit>
#include <cstdint>
#include <string>

namespace assay {

enum class MemoryOperation { read, write, copy, triad };

inline constexpr float kTriadFactor = 2.0F;

constexpr std::uint32_t written_bits(std::uint32_t index) {
  return (index * 0x9E3779B1U) >> 9 | 0x3F800000U;
}
constexpr float written_value(std::uint32_t index) {
  return std::bit_cast<float>(written_bits(index));
}

struct MemoryPointers {
  void* out = nullptr;  // a; for memory_read the partial sums
  const float* b = nullptr;
  const float* c = nullptr;
  std::int64_t count = 0;  // elements of one array
};

/// Arrays that one iteration reads, and writes.
constexpr int arrays_read(MemoryOperation operation) {
  return operation == MemoryOperation::triad ? 2 : operation == MemoryOperation::write ? 0 : 1;
}
constexpr int arrays_written(MemoryOperation operation) {
  return operation == MemoryOperation::read ? 0 : 1;
}

inline std::string workload_name(MemoryOperation operation) {
  switch (operation) {
    case MemoryOperation::read:
      return "memory_read";
    case MemoryOperation::write:
      return "memory_write";
    case MemoryOperation::copy:
      return "memory_copy";
    case MemoryOperation::triad:
      return "memory_triad";
  }
  return {};
}

}  // namespace assay
