// Signs of life from inside a case's long steps that are not timed: inputs, references,
// comparisons.
#pragma once

#include <atomic>
#include <cstdint>

namespace assay {

/// Grows with every sign of life of this process; null: nobody counts.
inline std::atomic<std::atomic<std::uint64_t>*> signs_of_life{nullptr};

/// To be called every second or so, by any thread, in what may take longer than that.
inline void sign_of_life() noexcept {
  if (auto* counter = signs_of_life.load(std::memory_order_relaxed))
    counter->fetch_add(1, std::memory_order_relaxed);
}

}  // namespace assay
