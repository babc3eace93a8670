// Thread block clusters: emulated.
#pragma once

#include <cstdint>
#include <source_location>

#include "kernels/emulator/barriers.h"
#include "kernels/emulator/machine.h"

namespace assay::device {

inline std::uint32_t cluster_rank() { return emulator::Machine::self().block->rank; }

inline std::uint32_t cluster_size() {
  return static_cast<std::uint32_t>(emulator::Machine::self().block->cluster->blocks.size());
}

inline void cluster_arrive(std::source_location at = std::source_location::current()) {
  emulator::cluster_arrive({"barrier.cluster.arrive", at});
}

inline void cluster_wait(std::source_location at = std::source_location::current()) {
  emulator::cluster_wait({"barrier.cluster.wait", at});
}

inline void cluster_sync(std::source_location at = std::source_location::current()) {
  emulator::cluster_arrive({"barrier.cluster.arrive", at});
  emulator::cluster_wait({"barrier.cluster.wait", at});
}

template <typename T>
T* map_to_rank(T* shared, std::uint32_t rank,
               std::source_location at = std::source_location::current()) {
  return static_cast<T*>(emulator::map_to_rank(shared, rank, {"mapa", at}));
}

}  // namespace assay::device
