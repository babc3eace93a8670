// mbarrier: phases and parities, counts of arrivals and bytes, remote arrivals, and misuse.
#include "device/mbarrier.cuh"

#include <doctest/doctest.h>

#include <cstdint>

#include "device/barrier.cuh"
#include "device/cluster.cuh"
#include "device/fence.cuh"
#include "device/launch.cuh"
#include "tests/emulator/instructions/trials.h"

namespace assay::device {
namespace {

using emulator::check_always_found;
using emulator::check_clean;
using emulator::check_found;
using emulator::Emulator;
using emulator::Fault;
using emulator::Trial;

struct Shared {
  std::uint64_t full[2];
  std::uint64_t empty[2];
  std::uint32_t word[2][32];
};

constexpr LaunchConfig kTwoWarps{.block = {64, 1, 1}, .shared_bytes = sizeof(Shared)};
constexpr unsigned kRounds = 7;

/// Warp 0 fills a ring of two slots, warp 1 empties it: three and a half times round.
template <std::uint32_t kFirstParity, std::uint32_t kArrivals>
__global__ void ring(std::uint32_t* out) {
  auto& shared = *static_cast<Shared*>(dynamic_smem());
  if (thread_index().x == 0) {
    for (int i = 0; i < 2; ++i) {
      mbarrier_init(&shared.full[i], kArrivals);
      mbarrier_init(&shared.empty[i], 32);
    }
    fence_mbarrier_init();
  }
  syncthreads();
  const unsigned lane = lane_index();
  for (unsigned round = 0; round < kRounds; ++round) {
    const unsigned slot = round % 2;
    const unsigned parity = round / 2 % 2;
    if (warp_index() == 0) {
      mbarrier_wait_parity(&shared.empty[slot], parity ^ kFirstParity);
      shared.word[slot][lane] = 100 * round + lane;
      mbarrier_arrive(&shared.full[slot]);
    } else {
      while (!mbarrier_try_wait_parity(&shared.full[slot], parity)) {
      }
      out[32 * round + lane] = shared.word[slot][31 - lane];
      mbarrier_arrive(&shared.empty[slot]);
    }
  }
}

template <std::uint32_t kFirstParity, std::uint32_t kArrivals>
Trial rings() {
  return [](Emulator& emulator) {
    const auto out = emulator.output<std::uint32_t>("out", 32 * kRounds);
    launch(kTwoWarps, ring<kFirstParity, kArrivals>, out.data());
    for (unsigned i = 0; i < 32 * kRounds; ++i) {
      emulator::expect(out[i] == 100 * (i / 32) + 31 - i % 32, "a word");
    }
  };
}

/// expect_tx without arriving keeps a phase open that arrivals alone would complete.
__global__ void bytes_outstanding() {
  auto* barrier = static_cast<std::uint64_t*>(dynamic_smem());
  if (thread_index().x == 0) {
    mbarrier_init(barrier, 1);
    fence_mbarrier_init();
    mbarrier_expect_tx(barrier, 48);
    mbarrier_arrive(barrier);
    mbarrier_wait_parity(barrier, 0);
  }
}

enum class Misuse {
  kOneArrivalMore,
  kNotInitialised,
  kInitialisedTwice,
  kNotOrdered,
  kOverwritten,
  kReadAsData,
  kNoArrivals,
  kMisaligned,
  kInvalidated,
};

template <Misuse kMisuse>
__global__ void misuse(std::uint32_t* out) {
  auto* barrier = static_cast<std::uint64_t*>(dynamic_smem());
  const unsigned thread = thread_index().x;
  if constexpr (kMisuse == Misuse::kNotInitialised) {
    if (thread == 0) mbarrier_arrive(barrier);
  } else if constexpr (kMisuse == Misuse::kMisaligned) {
    auto* odd = reinterpret_cast<std::uint64_t*>(reinterpret_cast<char*>(barrier) + 4);
    if (thread == 0) mbarrier_init(odd, 1);
  } else if constexpr (kMisuse == Misuse::kNotOrdered) {
    if (thread == 0) mbarrier_init(barrier, 1);
    if (thread == 32) mbarrier_arrive(barrier);
  } else {
    if (thread == 0) {
      mbarrier_init(barrier, kMisuse == Misuse::kNoArrivals ? 0 : 1);
      if constexpr (kMisuse == Misuse::kInitialisedTwice) mbarrier_init(barrier, 1);
      if constexpr (kMisuse == Misuse::kInvalidated) mbarrier_invalidate(barrier);
      if constexpr (kMisuse == Misuse::kOneArrivalMore) {
        mbarrier_expect_tx(barrier, 16);
        mbarrier_arrive(barrier);
      }
    }
    syncthreads();
    if constexpr (kMisuse == Misuse::kOverwritten) *barrier = 0;
    if constexpr (kMisuse == Misuse::kReadAsData) *out = static_cast<std::uint32_t>(*barrier);
    if (thread == 32) mbarrier_arrive(barrier);
  }
}

template <Misuse kMisuse>
Trial misused() {
  return [](Emulator& emulator) {
    const auto out = emulator.output<std::uint32_t>("out", 1);
    launch({.block = {64, 1, 1}, .shared_bytes = 16}, misuse<kMisuse>, out.data());
  };
}

__global__ void reuse_after_invalidation(std::uint32_t* out) {
  auto* barrier = static_cast<std::uint64_t*>(dynamic_smem());
  if (thread_index().x != 0) return;
  mbarrier_init(barrier, 1);
  mbarrier_arrive(barrier);
  mbarrier_wait_parity(barrier, 0);
  mbarrier_invalidate(barrier);
  *barrier = 17;
  *out = static_cast<std::uint32_t>(*barrier);
}

/// Every block of the cluster arrives at every block's barrier, and waits at its own.
template <bool kSyncFirst>
__global__ void arrive_everywhere(std::uint32_t* out) {
  auto* barrier = static_cast<std::uint64_t*>(dynamic_smem());
  if (thread_index().x == 0) {
    mbarrier_init(barrier, 3);
    fence_mbarrier_init();
  }
  if constexpr (kSyncFirst) {
    cluster_sync();
  } else {
    syncthreads();
  }
  if (thread_index().x == 0) {
    for (std::uint32_t rank = 0; rank < cluster_size(); ++rank) {
      mbarrier_arrive_remote(barrier, rank);
    }
    mbarrier_wait_parity(barrier, 0);
    out[cluster_rank()] = 1 + cluster_rank();
  }
}

template <bool kSyncFirst>
Trial remote_arrivals() {
  return [](Emulator& emulator) {
    const auto out = emulator.output<std::uint32_t>("out", 3);
    launch({.grid = {3, 1, 1}, .block = {32, 1, 1}, .cluster = {3, 1, 1}, .shared_bytes = 16},
           arrive_everywhere<kSyncFirst>, out.data());
    for (std::uint32_t i = 0; i < 3; ++i) emulator::expect(out[i] == i + 1, "every block went on");
  };
}

/// Block 1 arrives at block 0's barrier, for which nobody waits.
template <bool kSyncLast>
__global__ void arrive_unnoticed() {
  auto* barrier = static_cast<std::uint64_t*>(dynamic_smem());
  if (thread_index().x == 0) {
    mbarrier_init(barrier, 1);
    fence_mbarrier_init();
  }
  cluster_sync();
  if (cluster_rank() == 1 && thread_index().x == 0) mbarrier_arrive_remote(barrier, 0);
  if constexpr (kSyncLast) cluster_sync();
}

template <bool kSyncLast>
Trial unnoticed_arrivals() {
  return [](Emulator&) {
    launch({.grid = {2, 1, 1}, .block = {32, 1, 1}, .cluster = {2, 1, 1}, .shared_bytes = 16},
           arrive_unnoticed<kSyncLast>);
  };
}

TEST_SUITE("unit") {
  TEST_CASE("a ring of two slots goes round by parities that begin at one for the producer") {
    check_clean(rings<1, 32>(), 10);
  }

  TEST_CASE("a producer that begins at parity zero waits for ever and the barrier is named") {
    check_found(Fault::kDeadlock, rings<0, 32>(), "the phase of parity 0 of the mbarrier at byte");
  }

  TEST_CASE("a full barrier that counts one arrival too many is a deadlock") {
    check_found(Fault::kDeadlock, rings<1, 33>(), "1 of 33 arrivals");
  }

  TEST_CASE("a full barrier that counts one arrival too few is found") {
    check_always_found(rings<1, 31>());
  }

  TEST_CASE("bytes that never arrive keep a phase open") {
    check_found(
        Fault::kTransactionBytes,
        [](Emulator&) {
          launch({.block = {32, 1, 1}, .shared_bytes = 16}, bytes_outstanding);
        },
        "48 bytes outstanding");
  }

  TEST_CASE("an arrival beyond those of the phase is reported") {
    check_found(Fault::kArrivalCount, misused<Misuse::kOneArrivalMore>(), "mbarrier_test.cpp");
  }

  TEST_CASE("barriers used before their initialisation or without it are reported") {
    check_found(Fault::kBarrierMisuse, misused<Misuse::kNotInitialised>());
    check_found(Fault::kBarrierMisuse, misused<Misuse::kNotOrdered>());
    check_found(Fault::kBarrierMisuse, misused<Misuse::kInitialisedTwice>());
    check_found(Fault::kBarrierMisuse, misused<Misuse::kInvalidated>());
  }

  TEST_CASE("barriers that are overwritten or read as data are reported") {
    check_found(Fault::kBarrierMisuse, misused<Misuse::kOverwritten>());
    check_found(Fault::kBarrierMisuse, misused<Misuse::kReadAsData>());
  }

  TEST_CASE("barriers that are misaligned or wait for nobody are reported") {
    check_found(Fault::kBarrierMisuse, misused<Misuse::kMisaligned>());
    check_found(Fault::kBarrierMisuse, misused<Misuse::kNoArrivals>());
  }

  TEST_CASE("the bytes of an invalidated barrier are free for anything") {
    check_clean([](Emulator& emulator) {
      const auto out = emulator.output<std::uint32_t>("out", 1);
      launch({.block = {32, 1, 1}, .shared_bytes = 16}, reuse_after_invalidation, out.data());
      emulator::expect(out[0] == 17, "reuse");
    });
  }

  TEST_CASE("blocks of a cluster arrive at the barriers of one another") {
    check_clean(remote_arrivals<true>());
  }

  TEST_CASE("a remote arrival without a cluster sync before it is found") {
    check_found(Fault::kBarrierMisuse, remote_arrivals<false>());
  }

  TEST_CASE("a remote arrival at a block that may have ended is found") {
    check_found(Fault::kUnfinished, unnoticed_arrivals<false>(), "mbarrier_test.cpp");
    check_clean(unnoticed_arrivals<true>());
  }
}

}  // namespace
}  // namespace assay::device
