// Clusters: ranks, the cluster's barrier, and the shared memory of other blocks.
#include "device/cluster.cuh"

#include <doctest/doctest.h>

#include <cstdint>

#include "device/barrier.cuh"
#include "device/launch.cuh"
#include "tests/emulator/instructions/trials.h"

namespace assay::device {
namespace {

using emulator::check_clean;
using emulator::check_found;
using emulator::Emulator;
using emulator::Fault;
using emulator::Trial;

__global__ void ranks(std::uint32_t* out) {
  if (thread_index().x != 0) return;
  const std::uint32_t block = block_index().y * grid_size().x + block_index().x;
  out[2 * block] = cluster_rank();
  out[2 * block + 1] = cluster_size();
}

enum class Slip { kNone, kNoFirstSync, kNoLastSync, kArriveTwice, kWaitOnly, kRankOutside };

/// Every block reads the words of the next block of its cluster.
template <Slip kSlip>
__global__ void read_neighbour(std::uint32_t* out) {
  auto* words = static_cast<std::uint32_t*>(dynamic_smem());
  const unsigned thread = thread_index().x;
  words[thread] = 100 * cluster_rank() + thread;
  if constexpr (kSlip == Slip::kNoFirstSync) {
    syncthreads();
  } else if constexpr (kSlip == Slip::kWaitOnly) {
    cluster_wait();
  } else {
    cluster_arrive();
    if constexpr (kSlip == Slip::kArriveTwice) cluster_arrive();
    cluster_wait();
  }
  const std::uint32_t next = kSlip == Slip::kRankOutside ? 7 : (cluster_rank() + 1) % 2;
  const std::uint32_t* remote = map_to_rank(words, next);
  out[32 * block_index().x + thread] = remote[31 - thread];
  if constexpr (kSlip != Slip::kNoLastSync) cluster_sync();
}

template <Slip kSlip>
Trial neighbours() {
  return [](Emulator& emulator) {
    const auto out = emulator.output<std::uint32_t>("out", 128);
    launch({.grid = {4, 1, 1}, .block = {32, 1, 1}, .cluster = {2, 1, 1}, .shared_bytes = 128},
           read_neighbour<kSlip>, out.data());
    for (std::uint32_t i = 0; i < 128; ++i) {
      const std::uint32_t other = (i / 32 + 1) % 2;
      emulator::expect(out[i] == 100 * other + 31 - i % 32, "a word of the neighbour");
    }
  };
}

TEST_SUITE("unit") {
  TEST_CASE("ranks count the blocks of a cluster along x then y") {
    check_clean([](Emulator& emulator) {
      const auto out = emulator.output<std::uint32_t>("out", 32);
      launch({.grid = {4, 4, 1}, .block = {32, 1, 1}, .cluster = {2, 2, 1}}, ranks, out.data());
      for (std::uint32_t y = 0; y < 4; ++y) {
        for (std::uint32_t x = 0; x < 4; ++x) {
          emulator::expect(out[2 * (4 * y + x)] == x % 2 + 2 * (y % 2), "rank");
          emulator::expect(out[2 * (4 * y + x) + 1] == 4, "size");
        }
      }
    });
  }

  TEST_CASE("blocks read the shared memory of one another between cluster syncs") {
    check_clean(neighbours<Slip::kNone>());
  }

  TEST_CASE("a block that reads its neighbour without a cluster sync before is found") {
    check_found({Fault::kRace, Fault::kUninitialised}, neighbours<Slip::kNoFirstSync>());
  }

  TEST_CASE("a block that may end before its neighbour has read is found") {
    check_found(Fault::kUnfinished, neighbours<Slip::kNoLastSync>());
  }

  TEST_CASE("arriving twice and waiting without arriving are reported") {
    check_found(Fault::kDivergence, neighbours<Slip::kArriveTwice>(), "a second time");
    check_found(Fault::kDivergence, neighbours<Slip::kWaitOnly>(), "without having arrived");
  }

  TEST_CASE("a rank beyond the cluster is reported") {
    check_found(Fault::kOutOfBounds, neighbours<Slip::kRankOutside>());
  }
}

}  // namespace
}  // namespace assay::device
