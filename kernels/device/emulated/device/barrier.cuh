// Barriers of a block and of a warp: emulated.
#pragma once

#include <source_location>

#include "kernels/emulator/barriers.h"

namespace assay::device {

inline void syncthreads(std::source_location at = std::source_location::current()) {
  emulator::syncthreads({"bar.sync 0", at});
}

inline void named_barrier_sync(int id, int threads,
                               std::source_location at = std::source_location::current()) {
  emulator::named_barrier_sync(id, threads, {"bar.sync", at});
}

inline void named_barrier_arrive(int id, int threads,
                                 std::source_location at = std::source_location::current()) {
  emulator::named_barrier_arrive(id, threads, {"bar.arrive", at});
}

inline void syncwarp(unsigned mask = 0xffffffffu,
                     std::source_location at = std::source_location::current()) {
  emulator::syncwarp(mask, {"bar.warp.sync", at});
}

}  // namespace assay::device
