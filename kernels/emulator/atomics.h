// Atomics, acquire loads and release stores: accesses that never race with each other.
#pragma once

#include <cstdint>
#include <functional>
#include <unordered_map>

#include "kernels/emulator/clock.h"
#include "kernels/emulator/site.h"
#include "kernels/emulator/threads.h"

namespace assay::emulator {

enum class Order { kRelaxed, kAcquire, kRelease };

/// What travels with an atomic's value: kept while nobody writes the address in any other way.
struct AtomicCell {
  Epoch last = 0;
  Knowledge released;
};

/// A loop that polls would keep others from running: a thread that comes upon the same value a
/// second time, with no atomic written since, waits until one is, or until nobody else can run.
struct Atomics {
  std::unordered_map<const void*, AtomicCell> cells;
  std::uint64_t version = 1;  ///< Counts the values that atomics have changed.
  WaitQueue polling;
  int nudges = 0;  ///< Since the last change.
};

/// What threadfence makes of relaxed atomics: release before it, acquire after it.
struct FenceState {
  Knowledge released;  ///< What this thread knew at its last fence.
  Knowledge seen;      ///< What relaxed reads have come upon since.
  std::unordered_map<const void*, std::uint64_t> polled;  ///< At which version each was read.
};

/// Reads 4 or 8 bytes, replaces them by what `update` makes of them, returns the old ones.
std::uint64_t atomic_update(void* address, std::size_t bytes, Order order,
                            const std::function<std::uint64_t(std::uint64_t)>& update,
                            const Site& site);
std::uint32_t load_acquire(const std::uint32_t* address, const Site& site);
void store_release(std::uint32_t* address, std::uint32_t value, const Site& site);
/// fence.acq_rel, of any scope.
void fence_threads(const Site& site);

/// When nobody can run: lets those who poll look again. False when that leads nowhere.
bool nudge_polling(Atomics& atomics);

}  // namespace assay::emulator
