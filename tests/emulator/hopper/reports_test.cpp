// Every report of the emulator has a kernel here that earns it, and says where.
#include <doctest/doctest.h>

#include <source_location>
#include <string>
#include <string_view>

#include "device/barrier.cuh"
#include "device/cluster.cuh"
#include "device/fence.cuh"
#include "device/launch.cuh"
#include "device/mbarrier.cuh"
#include "device/register.cuh"
#include "device/tensor_map.cuh"
#include "device/tma.cuh"
#include "tests/emulator/instructions/trials.h"

namespace assay::device {
namespace {

using emulator::Emulator;
using emulator::Fault;
using emulator::Trial;

/// What the kernels below do wrong.
enum class Bug {
  kDeadlock,
  kLostBytes,
  kTooManyBytes,
  kReadBeforeComplete,
  kWritePending,
  kNoProxyFence,
  kTooManyArrivals,
  kUninitialised,
  kOutOfShared,
  kOutOfGlobal,
  kGuardBand,
  kRace,
  kBarrierOverwritten,
  kNoInit,
  kNoInitFence,
  kCopyMisaligned,
  kDivergence,
  kNamedCounts,
  kNamedMultiple,
  kLeftAtBarrier,
  kStoreNotWaited,
  kLoadAtExit,
  kRegisters,
  kTrap,
};

struct Shared {
  std::uint64_t full;
  std::uint64_t other;
  alignas(128) float tile[64];
  float out[64];
};

constexpr unsigned kBytes = 64 * sizeof(float);

/// Of two warps, the first loads a tile and both add it up.
template <Bug kBug>
__global__ void faulty(const float* from, float* to) {
  auto& shared = *static_cast<Shared*>(dynamic_smem());
  const unsigned thread = thread_index().x;
  if (kBug != Bug::kUninitialised || thread != 40) shared.out[thread] = 0;
  if (thread == 0) {
    if (kBug != Bug::kNoInit) mbarrier_init(&shared.full, 1);
    mbarrier_init(&shared.other, 1);
    if (kBug != Bug::kNoInitFence) fence_mbarrier_init();
  }
  syncthreads();
  if (thread == 0) {
    constexpr unsigned kExpected =
        kBytes + (kBug == Bug::kLostBytes ? 16 : 0) - (kBug == Bug::kTooManyBytes ? 16 : 0);
    mbarrier_arrive_expect_tx(&shared.full, kExpected);
    bulk_load(shared.tile + (kBug == Bug::kCopyMisaligned ? 1 : 0), from, kBytes, &shared.full);
  }
  syncthreads();
  if (kBug == Bug::kLoadAtExit) return;
  if (kBug == Bug::kWritePending && thread == 40) shared.tile[3] = 1;
  if (kBug == Bug::kDeadlock && thread == 40) mbarrier_wait_parity(&shared.other, 0);
  if (kBug != Bug::kReadBeforeComplete) mbarrier_wait_parity(&shared.full, 0);
  if (kBug == Bug::kTooManyArrivals && thread == 40) {
    mbarrier_expect_tx(&shared.other, 16);
    mbarrier_arrive(&shared.other);
    mbarrier_arrive(&shared.other);
  }
  if (kBug == Bug::kBarrierOverwritten && thread == 40) shared.other = 0;
  if (kBug == Bug::kOutOfShared && thread == 40) shared.out[block_size().x] = 1;
  if (kBug == Bug::kOutOfGlobal && thread == 40) to[block_size().x] = 1;
  if (kBug == Bug::kGuardBand && thread == 40) to[0] = from[-1];
  if (kBug == Bug::kTrap && thread == 40) trap();
  if (kBug == Bug::kDivergence && thread == 40) syncthreads();
  if (kBug == Bug::kNamedCounts) {
    if (thread < 32) named_barrier_arrive(1, 64);
    syncthreads();
    if (thread >= 32) named_barrier_sync(1, 32);
  }
  if (kBug == Bug::kNamedMultiple) named_barrier_sync(1, 48);
  if (kBug == Bug::kLeftAtBarrier && thread < 32) named_barrier_arrive(1, 64);
  if (kBug == Bug::kRegisters) registers_decrease<40>();
  if (kBug == Bug::kRegisters) registers_decrease<48>();
  if (kBug != Bug::kUninitialised || thread != 40) shared.out[thread] = shared.tile[63 - thread];
  if (kBug != Bug::kNoProxyFence) fence_proxy_async_shared();
  if (kBug != Bug::kRace) syncthreads();
  if (kBug == Bug::kRace) to[thread] = shared.out[63 - thread];
  if (thread != 0 || kBug == Bug::kRace) return;
  bulk_store(to, shared.out, kBytes);
  bulk_commit();
  if (kBug != Bug::kStoreNotWaited) bulk_wait_read<0>();
}

/// Every block writes the same word, or the second reads what the first wrote.
__global__ void share(float* word, float* out, bool reads) {
  if (thread_index().x != block_index().x) return;
  if (!reads || block_index().x == 0) word[0] = 1;
  if (reads && block_index().x == 1) out[0] = word[0];
}

Trial sharing(bool reads, unsigned resident) {
  return [=](Emulator& emulator) {
    emulator.keep_resident(resident);
    const auto word = emulator.input<float>("word", 1);
    const auto out = emulator.output<float>("out", 1);
    launch({.grid = {2, 1, 1}, .block = {32, 1, 1}}, share, word.data(), out.data(), reads);
  };
}

template <Bug kBug>
Trial trial() {
  return [](Emulator& emulator) {
    const auto from = emulator.input<float>("from", 64);
    const auto to = emulator.output<float>("to", 64);
    launch({.block = {64, 1, 1}, .shared_bytes = sizeof(Shared), .registers_per_thread = 64},
           faulty<kBug>, from.data(), to.data());
  };
}

/// The fault, in a report that names block, warp, instruction and a line of this file.
template <Bug kBug>
void check_report(Fault fault, const std::string& words) {
  emulator::check_found(fault, trial<kBug>(), words);
  const auto found = emulator::search(trial<kBug>(), emulator::seeds(30));
  REQUIRE(found.first);
  const std::string text = found.first->text();
  INFO(text);
  CHECK(text.find("block (0, 0, 0) warp ") != std::string::npos);
  CHECK(text.find("tests/emulator/hopper/reports_test.cpp:") != std::string::npos);
}

TEST_SUITE("unit") {
  TEST_CASE("a deadlock says who waits for which barrier and phase") {
    check_report<Bug::kDeadlock>(Fault::kDeadlock,
                                 "the phase of parity 0 of the mbarrier at byte 8");
  }

  TEST_CASE("bytes that never match are reported") {
    check_report<Bug::kLostBytes>(Fault::kTransactionBytes, "16 bytes outstanding");
    emulator::check_found(Fault::kTransactionBytes, trial<Bug::kTooManyBytes>(),
                          "more bytes arrive than were expected");
  }

  TEST_CASE("memory read before its barrier completed is reported") {
    check_report<Bug::kReadBeforeComplete>(Fault::kPendingAsync, "of the shared memory");
  }

  TEST_CASE("memory written while a copy uses it is reported") {
    check_report<Bug::kWritePending>(Fault::kPendingAsync, "writes byte 140 of the shared memory");
  }

  TEST_CASE("a store with no proxy fence before it is reported") {
    check_report<Bug::kNoProxyFence>(Fault::kMissingProxyFence, "no fence.proxy.async between");
  }

  TEST_CASE("one arrival more than a phase has is reported") {
    check_report<Bug::kTooManyArrivals>(Fault::kArrivalCount, "mbarrier.arrive at");
  }

  TEST_CASE("a read of what nobody wrote is reported") {
    check_report<Bug::kUninitialised>(Fault::kUninitialised, "never written");
  }

  TEST_CASE("an access out of bounds is reported") {
    check_report<Bug::kOutOfShared>(Fault::kOutOfBounds, "writes 4 bytes at byte 640");
    check_report<Bug::kOutOfGlobal>(Fault::kOutOfBounds, "byte 256 of buffer to (256 bytes)");
    check_report<Bug::kGuardBand>(Fault::kOutOfBounds, "byte -4 of buffer from");
  }

  TEST_CASE("a plain access is named by its own line and not by that of the operation before it") {
    const auto found = emulator::search(trial<Bug::kOutOfShared>(), emulator::seeds(30));
    REQUIRE(found.first);
    const std::string text = found.first->text();
    INFO(text);
    const auto line_after = [&text](std::string_view words) {
      const auto at = text.find("reports_test.cpp:", text.find(words));
      REQUIRE(at != std::string::npos);
      return text.substr(at, text.find_first_of(" ):", text.find(':', at) + 1) - at);
    };
    CHECK(line_after("plain access at ") != line_after("(after "));
  }

  TEST_CASE("two accesses that nothing orders are reported") {
    check_report<Bug::kRace>(Fault::kRace, "nothing orders the two");
  }

  TEST_CASE("blocks that share global memory and nothing else are reported") {
    for (const unsigned resident : {1u, 2u}) {
      emulator::check_found(Fault::kRace, sharing(false, resident), "byte 0 of buffer word");
      emulator::check_found(Fault::kRace, sharing(true, resident), "byte 0 of buffer word");
    }
  }

  TEST_CASE("an mbarrier that is misused is reported") {
    check_report<Bug::kBarrierOverwritten>(Fault::kBarrierMisuse, "belongs to an mbarrier");
    check_report<Bug::kNoInit>(Fault::kBarrierMisuse, "no initialised mbarrier");
    check_report<Bug::kNoInitFence>(Fault::kBarrierMisuse, "no fence.mbarrier_init");
  }

  TEST_CASE("a copy to a misaligned address is reported") {
    check_report<Bug::kCopyMisaligned>(Fault::kTensorMap, "is not a multiple of 16");
  }

  TEST_CASE("a divergent collective is reported") {
    check_report<Bug::kDivergence>(Fault::kDivergence, "lanes of this warp execute");
  }

  TEST_CASE("a named barrier with counts that differ is reported") {
    check_report<Bug::kNamedCounts>(Fault::kNamedBarrier, "threads, but for");
    check_report<Bug::kNamedMultiple>(Fault::kNamedBarrier, "not a multiple of 32");
    check_report<Bug::kLeftAtBarrier>(Fault::kNamedBarrier, "the block ends with 32 of 64 threads");
  }

  TEST_CASE("asynchronous work that outlives its block is reported") {
    check_report<Bug::kStoreNotWaited>(Fault::kUnfinished, "bulk stores");
    emulator::check_found(Fault::kUnfinished, trial<Bug::kLoadAtExit>(), "under way");
  }

  TEST_CASE("setmaxnreg against its rules is reported") {
    check_report<Bug::kRegisters>(Fault::kRegisters, "decreases 40 registers to 48");
  }

  TEST_CASE("a trap is reported") { check_report<Bug::kTrap>(Fault::kTrap, "ended itself"); }

  TEST_CASE("a tensor map that breaks its rules is refused") {
    float data[64] = {};
    TensorMapSpec spec;
    spec.element = TensorElement::kF32;
    spec.address = data;
    spec.size = {8, 8};
    spec.stride_bytes = {20};
    spec.box = {8, 8};
    CHECK_THROWS_AS(encode_tensor_map(spec), emulator::Failure);
    spec.stride_bytes = {32};
    CHECK_NOTHROW(encode_tensor_map(spec));
    spec.box = {3, 8};
    CHECK_THROWS_AS(encode_tensor_map(spec), emulator::Failure);
  }
}

}  // namespace
}  // namespace assay::device
