// What a block of sm_90 has, and how the warpgroup that copies and those that compute share it.
#pragma once

namespace assay::hopper {

inline constexpr int kWarpgroup = 128;      ///< Threads.
inline constexpr int kMostShared = 232448;  ///< Bytes of one block: 227 KiB.
inline constexpr int kMostConsumers = 3;  ///< Warpgroups that compute, beside the one that copies.

constexpr int threads(int consumers) { return kWarpgroup * (1 + consumers); }

/// ptxas gives each thread of a kernel the same number of registers; setmaxnreg then moves them
/// from the copying warpgroup to the computing ones within the same pool.
struct Registers {
  int initial;   ///< What ptxas may use: 65536 / threads, a multiple of 8, at most 255.
  int producer;  ///< 0: nothing is moved.
  int consumer;

  /// Of a computing thread, at the most.
  constexpr int most() const { return consumer != 0 ? consumer : initial; }
};

/// The split that leaves `producer` registers to each copying thread and the rest to the computing
/// ones. One computing warpgroup can name all that it needs without.
constexpr Registers registers(int consumers, int producer) {
  if (consumers == 1) return {255, 0, 0};
  const int initial = 65536 / threads(consumers) / 8 * 8;
  const int left = threads(consumers) * initial - kWarpgroup * producer;
  return {initial, producer, left / (kWarpgroup * consumers) / 8 * 8};
}

/// The rule that a kernel breaks, in words; nullptr when it breaks none. `shared_bytes` are of a
/// block, `live` what a computing thread holds at once beside about 40 registers for addresses,
/// descriptors and loop state.
constexpr const char* budget_fault(int consumers, Registers pool, int shared_bytes, int live) {
  if (consumers < 1 || consumers > kMostConsumers) return "one to three warpgroups compute";
  if (shared_bytes > kMostShared) return "more shared memory than a block has";
  if (threads(consumers) * pool.initial > 65536) return "more registers than a multiprocessor has";
  const int moved = kWarpgroup * (pool.producer + consumers * pool.consumer);
  if (pool.producer != 0 && moved > threads(consumers) * pool.initial) {
    return "setmaxnreg asks for more registers than the pool has";
  }
  if (pool.producer != 0 && (pool.producer < 24 || pool.consumer > 256)) {
    return "setmaxnreg takes 24 to 256 registers";
  }
  if (live + 40 > pool.most()) return "the accumulators leave too few registers";
  return nullptr;
}

}  // namespace assay::hopper
