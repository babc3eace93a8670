// bar.sync, bar.arrive, bar.warp.sync, barrier.cluster, and how lanes exchange values.
#pragma once

#include <array>
#include <cstdint>

#include "kernels/emulator/site.h"

namespace assay::emulator {

void syncthreads(const Site& site);
void named_barrier_sync(int id, int threads, const Site& site);
void named_barrier_arrive(int id, int threads, const Site& site);
void syncwarp(std::uint32_t mask, const Site& site);

void cluster_arrive(const Site& site);
void cluster_wait(const Site& site);
/// The same place in the shared memory of block `rank` of the cluster.
void* map_to_rank(const void* shared, std::uint32_t rank, const Site& site);

/// The lanes in `mask` meet at an instruction: each gives a value and receives everyone's, by lane.
/// A meeting orders memory only where `orders_memory` says so (shuffles and votes do not).
std::array<std::uint64_t, 32> meet(std::uint32_t mask, std::uint64_t value, bool orders_memory,
                                   const Site& site);

}  // namespace assay::emulator
