// Atomics, acquire loads and release stores: accesses that never race with each other.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>

#include "tests/emulator/runtime/clock.h"
#include "tests/emulator/runtime/site.h"

namespace assay::emulator {

enum class Order { kRelaxed, kAcquire, kRelease };

/// What travels with an atomic's value: kept while nobody writes the address in any other way.
struct AtomicCell {
  Epoch last = 0;
  Knowledge released;
};
using AtomicTable = std::unordered_map<const void*, AtomicCell>;

/// What threadfence makes of relaxed atomics: release before it, acquire after it.
struct FenceState {
  Knowledge released;  ///< What this thread knew at its last fence.
  Knowledge seen;      ///< What relaxed reads have come upon since.
};

/// Reads 4 or 8 bytes, replaces them by what `update` makes of them, returns the old ones.
std::uint64_t atomic_update(void* address, std::size_t bytes, Order order,
                            const std::function<std::uint64_t(std::uint64_t)>& update,
                            const Site& site);
std::uint32_t load_acquire(const std::uint32_t* address, const Site& site);
void store_release(std::uint32_t* address, std::uint32_t value, const Site& site);
/// fence.acq_rel, of any scope.
void fence_threads(const Site& site);

}  // namespace assay::emulator
