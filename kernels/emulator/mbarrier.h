// mbarriers: the state that the emulator keeps in addition to the eight bytes a kernel sees.
#pragma once

#include <cstdint>
#include <string>

#include "kernels/emulator/threads.h"

namespace assay::emulator {

/// The kernel's eight bytes hold kMbarrierBytes, so that overwriting them is noticed.
constexpr std::uint64_t kMbarrierBytes = 0xA55A'BA44'1E44'5AA5ull;

struct Mbarrier {
  Block* block = nullptr;
  std::uint32_t address = 0;   ///< In shared memory.
  std::uint32_t expected = 0;  ///< Arrivals of a phase.
  std::uint32_t pending = 0;   ///< Of this phase, still to come.
  std::int64_t bytes = 0;      ///< Expected and not arrived; below zero while early.
  std::uint32_t phase = 0;     ///< How many are complete.
  Epoch initialised = 0;
  const Thread* initialiser = nullptr;
  bool published = false;  ///< fence.mbarrier_init (or a proxy fence) followed the init.
  Slot slot = 0;           ///< Under which copies that complete here write.
  std::uint32_t base_time = 0;
  Gathered joined;      ///< Of the arrivals of this phase.
  Published completed;  ///< Of the last complete one.
  WaitQueue queue;

  /// The epoch of bytes that land in the current phase: known to those who wait for it.
  Epoch landing() const { return make_epoch(slot, base_time + phase); }
};

void mbarrier_init(const void* barrier, std::uint32_t arrivals, const Site& site);
void mbarrier_invalidate(const void* barrier, const Site& site);
void mbarrier_arrive(const void* barrier, const Site& site);
void mbarrier_arrive_expect_tx(const void* barrier, std::uint32_t bytes, const Site& site);
void mbarrier_expect_tx(const void* barrier, std::uint32_t bytes, const Site& site);
void mbarrier_arrive_remote(const void* barrier, std::uint32_t rank, const Site& site);
bool mbarrier_try_wait_parity(const void* barrier, std::uint32_t parity, const Site& site);
void mbarrier_wait_parity(const void* barrier, std::uint32_t parity, const Site& site);

void fence_mbarrier_init(const Site& site);
void fence_proxy_async(const Site& site);

// For asynchronous copies.

/// The barrier on which `issuer` lets a copy complete. `home`: in that block of the cluster.
Mbarrier& barrier_for_copy(const void* barrier, Block& home, const Thread& issuer,
                           const Site& site);
void complete_bytes(Mbarrier& barrier, std::uint32_t bytes, const Thread& issuer, const Site& site);

std::string describe(const Mbarrier& barrier);

}  // namespace assay::emulator
