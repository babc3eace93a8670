// What the emulator reports of wgmma and its registers, its descriptors and its warpgroup.
#include <doctest/doctest.h>

#include "device/barrier.cuh"
#include "device/fence.cuh"
#include "device/launch.cuh"
#include "device/wgmma.cuh"
#include "tests/emulator/instructions/trials.h"

namespace assay::device {
namespace {

using emulator::check_clean;
using emulator::check_found;
using emulator::Emulator;
using emulator::Fault;
using emulator::Trial;

enum class Bug {
  kNone,
  kTouchedEarly,
  kNotListed,
  kFragmentTouched,
  kNoFence,
  kNeverWaited,
  kReservedBits,
  kMisaligned,
  kOutOfBounds,
  kUnfenced,
  kOverwritten,
  kOtherOperands,
  kOneWarpLess,
  kPartOfAnother,
};

/// A product of 64 x 16 x 16, K-major with the 128-byte swizzle.
template <Bug kBug>
__global__ void product(float* out) {
  auto* shared = static_cast<Bf16*>(dynamic_smem());  // A: 8 KiB, then B: 2 KiB
  const unsigned thread = thread_index().x;
  for (unsigned i = thread; i < 5120; i += 128) shared[i] = {0x3F80};
  if (kBug != Bug::kUnfenced) fence_proxy_async_shared();
  syncthreads();
  std::uint64_t a = matrix_descriptor(shared, Swizzle::k128, 0, 1024);
  std::uint64_t b = matrix_descriptor(shared + 4096, Swizzle::k128, 0, 1024);
  if (kBug == Bug::kReservedBits) b |= 1ull << 48;
  if (kBug == Bug::kMisaligned) b = advanced(b, 128);
  if (kBug == Bug::kOutOfBounds) b = advanced(b, 2048);
  if (kBug == Bug::kOtherOperands && thread >= 64) b = advanced(b, 32);
  float d[8];
  std::uint32_t fragment[4] = {};
  if (kBug != Bug::kNoFence) wgmma_fence(d);
  if (kBug == Bug::kOneWarpLess && thread >= 96) return;
  if (kBug == Bug::kFragmentTouched) {
    wgmma<Bf16>(d, fragment, b, false);
    fragment[2] = thread;
  } else {
    wgmma<Bf16>(d, a, b, false);
  }
  if (kBug == Bug::kPartOfAnother) {
    wgmma<Bf16>(*reinterpret_cast<float(*)[4]>(&d[2]), a, b, false);
  }
  wgmma_commit();
  if (kBug == Bug::kOverwritten) syncthreads();
  if (kBug == Bug::kOverwritten && thread == 77) shared[5] = {0};
  if (kBug == Bug::kNeverWaited) return;
  if (kBug == Bug::kNotListed) {
    wgmma_wait<0>();
  } else if (kBug != Bug::kTouchedEarly) {
    wgmma_wait<0>(d);
  }
  out[thread] = d[3] + static_cast<float>(fragment[2]);
  if (kBug == Bug::kTouchedEarly) wgmma_wait<0>(d);
}

template <Bug kBug>
Trial trial() {
  return [](Emulator& emulator) {
    const auto out = emulator.output<float>("out", 128);
    launch({.block = {128, 1, 1}, .shared_bytes = 10240}, product<kBug>, out.data());
    for (const float value : out) emulator::expect(value == 16, "a sum of sixteen ones");
  };
}

TEST_SUITE("unit") {
  TEST_CASE("a well formed wgmma is not reported") { check_clean(trial<Bug::kNone>()); }

  TEST_CASE("accumulators touched before the wait are reported") {
    check_found(Fault::kAccumulator, trial<Bug::kTouchedEarly>(), "wgmma_reports_test.cpp:");
    check_found(Fault::kAccumulator, trial<Bug::kNotListed>(), "no wgmma_wait has listed");
    check_found(Fault::kAccumulator, trial<Bug::kFragmentTouched>(), "has not been waited for");
    check_found(Fault::kAccumulator, trial<Bug::kPartOfAnother>(), "owns a part");
  }

  TEST_CASE("a wgmma without its fence is reported") {
    check_found(Fault::kAccumulator, trial<Bug::kNoFence>(), "no wgmma.fence");
  }

  TEST_CASE("a wgmma that nobody waits for is reported") {
    check_found(Fault::kUnfinished, trial<Bug::kNeverWaited>(), "without having waited");
  }

  TEST_CASE("a descriptor that breaks its rules is reported") {
    check_found(Fault::kDescriptor, trial<Bug::kReservedBits>(), "reserved bits");
    check_found(Fault::kDescriptor, trial<Bug::kMisaligned>(), "not aligned");
    check_found(Fault::kOutOfBounds, trial<Bug::kOutOfBounds>(), "wgmma.mma_async at");
  }

  TEST_CASE("plain writes around a wgmma are reported") {
    check_found(Fault::kMissingProxyFence, trial<Bug::kUnfenced>(), "wgmma.mma_async at");
    check_found(Fault::kPendingAsync, trial<Bug::kOverwritten>(), "read by wgmma of warpgroup 0");
  }

  TEST_CASE("a warpgroup that does not agree on its wgmma is reported") {
    check_found(Fault::kDivergence, trial<Bug::kOtherOperands>(), "other operands");
    check_found(Fault::kDeadlock, trial<Bug::kOneWarpLess>(), "96 threads started the next");
  }
}

}  // namespace
}  // namespace assay::device
