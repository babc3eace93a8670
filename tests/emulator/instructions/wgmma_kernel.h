// The kernel by which the tests try every form of wgmma: copies two operand images into shared
// memory, multiplies along K, and writes every accumulator out by thread and register.
#pragma once

#include <cstdint>
#include <string>

#include "device/barrier.cuh"
#include "device/fence.cuh"
#include "device/launch.cuh"
#include "device/wgmma.cuh"
#include "tests/emulator/instructions/trials.h"
#include "tests/emulator/instructions/wgmma_trial.h"

namespace assay::device {

/// An operand's image in global memory and the parts of its descriptor.
struct OperandArgument {
  const std::uint32_t* words;
  std::uint32_t word_count;
  Swizzle swizzle;
  std::uint32_t leading_bytes;
  std::uint32_t stride_bytes;
  std::uint32_t k_step;
};

struct OperandSpace {
  alignas(1024) std::uint32_t a[8192];
  alignas(1024) std::uint32_t b[16384];
};

__device__ inline void bring(std::uint32_t* shared, const OperandArgument& operand) {
  for (std::uint32_t i = thread_index().x; i < operand.word_count; i += 128) {
    shared[i] = operand.words[i];
  }
}

template <typename A, typename B, Major kMajorA, Major kMajorB, bool kRegisters, typename D, int kN>
__global__ void multiply(OperandArgument a, OperandArgument b, const std::uint32_t* fragments,
                         std::uint32_t steps, bool accumulates_first, D* out) {
  auto& shared = *static_cast<OperandSpace*>(dynamic_smem());
  const unsigned thread = thread_index().x;
  if constexpr (!kRegisters) bring(shared.a, a);
  bring(shared.b, b);
  fence_proxy_async_shared();
  syncthreads();
  const std::uint64_t at_a =
      matrix_descriptor(shared.a, a.swizzle, a.leading_bytes, a.stride_bytes);
  const std::uint64_t at_b =
      matrix_descriptor(shared.b, b.swizzle, b.leading_bytes, b.stride_bytes);
  D d[kN / 2];
  for (int i = 0; i < kN / 2; ++i) d[i] = static_cast<D>(i);
  for (std::uint32_t step = 0; step < steps; ++step) {
    std::uint32_t fragment[4];
    if constexpr (kRegisters) {
      for (unsigned i = 0; i < 4; ++i) fragment[i] = fragments[(step * 128 + thread) * 4 + i];
    }
    wgmma_fence(d);
    const std::uint64_t b_step = advanced(at_b, step * b.k_step);
    const bool accumulate = step > 0 || accumulates_first;
    if constexpr (kRegisters) {
      wgmma<A, B, kMajorB>(d, fragment, b_step, accumulate);
    } else {
      wgmma<A, B, kMajorA, kMajorB>(d, advanced(at_a, step * a.k_step), b_step, accumulate);
    }
    wgmma_commit();
    wgmma_wait<0>(d);
  }
  for (int i = 0; i < kN / 2; ++i) out[thread * (kN / 2) + static_cast<unsigned>(i)] = d[i];
}

inline OperandArgument upload(emulator::Emulator& emulator, const std::string& name,
                              const OperandImage& image, Swizzle swizzle) {
  const auto words = emulator.input<std::uint32_t>(name, image.bytes.size() / 4);
  std::memcpy(words.data(), image.bytes.data(), image.bytes.size());
  return {words.data(),
          static_cast<std::uint32_t>(words.size()),
          swizzle,
          image.leading_bytes,
          image.stride_bytes,
          image.k_step};
}

/// A's registers, step by step and thread by thread: byte b of the 32 of a row's K lies in lane
/// b % 16 / 4 of the row's quad, the second 16 bytes two registers on, the lower rows one on.
template <typename A>
std::vector<std::uint32_t> fragments_of(const std::vector<std::vector<int>>& values) {
  const int one = 32 / static_cast<int>(sizeof(A));
  const int steps = static_cast<int>(values.front().size()) / one;
  std::vector<std::uint32_t> fragments(static_cast<std::size_t>(steps) * 512);
  for (int row = 0; row < 64; ++row) {
    for (int k = 0; k < steps * one; ++k) {
      const int byte = k % one * static_cast<int>(sizeof(A));
      const int thread = 32 * (row / 16) + 4 * (row % 8) + byte % 16 / 4;
      const int reg = 2 * (byte / 16) + row % 16 / 8;
      const A element =
          encode_small<A>(values[static_cast<std::size_t>(row)][static_cast<std::size_t>(k)]);
      auto* word = &fragments[static_cast<std::size_t>((k / one * 128 + thread) * 4 + reg)];
      std::memcpy(reinterpret_cast<char*>(word) + byte % 4, &element, sizeof element);
    }
  }
  return fragments;
}

/// What the trial of one kernel is made of.
struct ProductForm {
  Major major_a;
  Major major_b;
  bool registers;
  int n;
  Swizzle swizzle_a;
  Swizzle swizzle_b;
  bool accumulates_first;
};

template <typename D>
using MultiplyKernel = void (*)(OperandArgument, OperandArgument, const std::uint32_t*,
                                std::uint32_t, bool, D*);

/// Multiplies random operands, laid out as the form says, and compares every accumulator.
template <typename A, typename B, typename D>
void try_product(emulator::Emulator& emulator, MultiplyKernel<D> kernel, const ProductForm& form) {
  const int deepest_a = form.registers ? 1024 : k_of<A>(form.swizzle_a, form.major_a);
  const int k = std::min(deepest_a, k_of<B>(form.swizzle_b, form.major_b));
  const auto depth = static_cast<std::size_t>(k);
  const auto a = small_values(64, depth, 1);
  const auto b = small_values(static_cast<std::size_t>(form.n), depth, 2);
  const auto a_argument =
      upload(emulator, "a", lay_out<A>(a, form.major_a, form.swizzle_a), form.swizzle_a);
  const auto b_argument =
      upload(emulator, "b", lay_out<B>(b, form.major_b, form.swizzle_b), form.swizzle_b);
  const std::vector<std::uint32_t> registers = fragments_of<A>(a);
  const auto fragments = emulator.input<std::uint32_t>("fragments", registers.size());
  std::copy(registers.begin(), registers.end(), fragments.begin());
  const auto out = emulator.output<D>("out", 64 * static_cast<std::size_t>(form.n));
  launch({.block = {128, 1, 1}, .shared_bytes = sizeof(OperandSpace)}, kernel, a_argument,
         b_argument, static_cast<const std::uint32_t*>(fragments.data()),
         static_cast<std::uint32_t>(k * static_cast<int>(sizeof(A)) / 32), form.accumulates_first,
         out.data());
  visit_outputs(form.n, [&](int row, int column, int thread, int reg) {
    int sum = form.accumulates_first ? reg : 0;
    for (std::size_t i = 0; i < depth; ++i) {
      sum += a[static_cast<std::size_t>(row)][i] * b[static_cast<std::size_t>(column)][i];
    }
    const auto at = static_cast<std::size_t>(thread * (form.n / 2) + reg);
    if (out[at] == static_cast<D>(sum)) return;
    emulator::expect(false, "N " + std::to_string(form.n) + " row " + std::to_string(row) +
                                " column " + std::to_string(column));
  });
}

template <typename A, typename B, Major kMajorA, Major kMajorB, bool kRegisters, int kN>
emulator::Trial products(Swizzle swizzle_a, Swizzle swizzle_b, bool accumulates_first = false) {
  using D = std::conditional_t<std::is_same_v<A, std::int8_t>, std::int32_t, float>;
  const ProductForm form{kMajorA, kMajorB, kRegisters, kN, swizzle_a, swizzle_b, accumulates_first};
  return [form](emulator::Emulator& emulator) {
    try_product<A, B, D>(emulator, multiply<A, B, kMajorA, kMajorB, kRegisters, D, kN>, form);
  };
}

}  // namespace assay::device
