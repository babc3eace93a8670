// The order that wgmma demands: fences, groups, waits, and who may touch what in between.
#include <doctest/doctest.h>

#include "tests/emulator/instructions/wgmma_kernel.h"

namespace assay::device {
namespace {

using emulator::check_clean;
using emulator::check_found;
using emulator::Emulator;
using emulator::Fault;
using emulator::Trial;

/// What the kernel leaves out or does wrong.
enum class Slip {
  kNone,
  kNoFence,
  kNoCommit,
  kNoWait,
  kReadEarly,
  kWriteEarly,
  kNotListed,
  kNoProxyFence,
  kNoBarrier,
  kOverwrittenOperand,
  kReservedBits,
  kBaseOffset,
  kMisalignedStart,
  kBeyondShared,
  kOneWarpMissing,
  kOtherDescriptor,
  kUninitialised,
};

struct Tiles {
  alignas(1024) std::uint32_t a[64 * 8];
  alignas(1024) std::uint32_t b[8 * 8];
};

/// Two products of a tile of ones, 64x8x16, in two groups: 16, then 32.
template <Slip kSlip>
__global__ void two_products(float* out) {
  auto& shared = *static_cast<Tiles*>(dynamic_smem());
  const unsigned thread = thread_index().x;
  constexpr std::uint32_t kTwoOnes = 0x3F803F80;
  if constexpr (kSlip != Slip::kUninitialised) {
    for (unsigned i = thread; i < 64 * 8; i += 128) shared.a[i] = kTwoOnes;
  }
  if (thread < 64) shared.b[thread] = kTwoOnes;
  if constexpr (kSlip != Slip::kNoProxyFence) fence_proxy_async_shared();
  if constexpr (kSlip != Slip::kNoBarrier) syncthreads();
  std::uint64_t a = matrix_descriptor(shared.a, Swizzle::k32, 0, 256);
  const std::uint64_t b = matrix_descriptor(shared.b, Swizzle::k32, 0, 256);
  if constexpr (kSlip == Slip::kReservedBits) a |= 1ull << 46;
  if constexpr (kSlip == Slip::kBaseOffset) a |= 1ull << 49;
  if constexpr (kSlip == Slip::kMisalignedStart) a += 64 >> 4;
  if constexpr (kSlip == Slip::kBeyondShared) a += sizeof(Tiles) >> 4;
  if constexpr (kSlip == Slip::kOtherDescriptor) a += thread / 32 * (256 >> 4);
  if (kSlip == Slip::kOneWarpMissing && thread >= 96) return;
  float d[4] = {};
  if constexpr (kSlip != Slip::kNoFence) wgmma_fence(d);
  wgmma<Bf16>(d, a, b, false);
  wgmma_commit();
  wgmma<Bf16>(d, a, b, true);
  if constexpr (kSlip != Slip::kNoCommit) wgmma_commit();
  if constexpr (kSlip == Slip::kReadEarly) out[0] = d[1];
  if constexpr (kSlip == Slip::kWriteEarly) d[2] = static_cast<float>(thread);
  if constexpr (kSlip == Slip::kOverwrittenOperand) shared.b[thread % 64] = 0;
  if constexpr (kSlip == Slip::kNotListed) {
    wgmma_wait<0>();
  } else if constexpr (kSlip != Slip::kNoWait) {
    wgmma_wait<0>(d);
  }
  for (unsigned i = 0; i < 4; ++i) out[4 * thread + i] = d[i];
}

template <Slip kSlip>
Trial slips() {
  return [](Emulator& emulator) {
    const auto out = emulator.output<float>("out", 512);
    launch({.block = {128, 1, 1}, .shared_bytes = sizeof(Tiles)}, two_products<kSlip>, out.data());
    for (const float sum : out) emulator::expect(sum == 32.0f, "a sum");
  };
}

/// A loop that leaves one group under way, and overwrites the operand of the one before; the
/// second buffer belongs to the group that `kPending` allows.
template <int kPending>
__global__ void pipelined(float* out) {
  auto& buffers = *static_cast<std::uint32_t(*)[2][64 * 8 + 8 * 8]>(dynamic_smem());
  const unsigned thread = thread_index().x;
  float d[4] = {};
  for (unsigned step = 0; step < 4; ++step) {
    std::uint32_t* tile = buffers[step % 2];
    const std::uint32_t two = to_bf16(static_cast<float>(step + 1)).bits * 0x10001u;
    for (unsigned i = thread; i < 64 * 8; i += 128) tile[i] = two;
    if (thread < 64) tile[64 * 8 + thread] = 0x3F803F80;
    fence_proxy_async_shared();
    syncthreads();
    const std::uint64_t a = matrix_descriptor(tile, Swizzle::k32, 0, 256);
    const std::uint64_t b = matrix_descriptor(tile + 64 * 8, Swizzle::k32, 0, 256);
    if (step == 0) wgmma_fence(d);
    if (step > 0) wgmma_fence();
    wgmma<Bf16>(d, a, b, step > 0);
    wgmma_commit();
    wgmma_wait<kPending>();
    syncthreads();
  }
  wgmma_wait<0>(d);
  for (unsigned i = 0; i < 4; ++i) out[4 * thread + i] = d[i];
}

template <int kPending>
Trial pipelines() {
  return [](Emulator& emulator) {
    const auto out = emulator.output<float>("out", 512);
    launch({.block = {128, 1, 1}, .shared_bytes = 2 * 4 * (64 * 8 + 8 * 8)}, pipelined<kPending>,
           out.data());
    for (const float sum : out) emulator::expect(sum == 160.0f, "a sum");
  };
}

TEST_SUITE("unit") {
  TEST_CASE("two products in order accumulate") { check_clean(slips<Slip::kNone>()); }

  TEST_CASE("a product without its fence is reported") {
    check_found(Fault::kAccumulator, slips<Slip::kNoFence>(), "wgmma_order_test.cpp");
  }

  TEST_CASE("accumulators belong to wgmma until a wait that lists them") {
    check_found(Fault::kAccumulator, slips<Slip::kReadEarly>());
    check_found(Fault::kAccumulator, slips<Slip::kWriteEarly>());
    check_found(Fault::kAccumulator, slips<Slip::kNoWait>());
    check_found(Fault::kAccumulator, slips<Slip::kNoCommit>());
    check_found(Fault::kAccumulator, slips<Slip::kNotListed>(), "no wgmma_wait has listed");
  }

  TEST_CASE("operands written plainly need a proxy fence") {
    check_found(Fault::kMissingProxyFence, slips<Slip::kNoProxyFence>());
  }

  TEST_CASE("operands of other threads need a barrier") {
    check_found({Fault::kRace, Fault::kUninitialised, Fault::kMissingProxyFence},
                slips<Slip::kNoBarrier>());
  }

  TEST_CASE("an operand may not be overwritten before the wait") {
    check_found({Fault::kPendingAsync, Fault::kRace}, slips<Slip::kOverwrittenOperand>());
  }

  TEST_CASE("operands that nobody wrote are reported") {
    check_found(Fault::kUninitialised, slips<Slip::kUninitialised>(), "wgmma");
  }

  TEST_CASE("descriptors that break a rule are reported with the rule") {
    check_found(Fault::kDescriptor, slips<Slip::kReservedBits>(), "reserved bits");
    check_found(Fault::kDescriptor, slips<Slip::kBaseOffset>(), "base offset");
    check_found(Fault::kDescriptor, slips<Slip::kMisalignedStart>(), "not aligned");
    check_found(Fault::kOutOfBounds, slips<Slip::kBeyondShared>());
  }

  TEST_CASE("warps of a warpgroup that do different things are reported") {
    check_found(Fault::kDivergence, slips<Slip::kOtherDescriptor>());
    check_found({Fault::kDeadlock, Fault::kDivergence}, slips<Slip::kOneWarpMissing>());
  }

  TEST_CASE("a wait that leaves one group under way frees the buffer before it") {
    check_clean(pipelines<0>());
    check_clean(pipelines<1>());
  }

  TEST_CASE("a wait that leaves two groups under way does not free the older buffer") {
    check_found(Fault::kPendingAsync, pipelines<2>());
  }
}

}  // namespace
}  // namespace assay::device
