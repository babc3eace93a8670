// mbarriers, bulk copies, the register pool and clusters: what they do when used well.
#include "device/mbarrier.cuh"

#include <doctest/doctest.h>

#include <cstring>

#include "device/barrier.cuh"
#include "device/cluster.cuh"
#include "device/fence.cuh"
#include "device/launch.cuh"
#include "device/register.cuh"
#include "device/tma.cuh"
#include "kernels/device/formats.h"
#include "tests/emulator/instructions/trials.h"

namespace assay::device {
namespace {

using emulator::check_clean;
using emulator::Emulator;

/// Threads of one warp hand a word to the other warp and get it back, round after round.
__global__ void ping_pong(std::uint32_t* out, std::uint32_t rounds) {
  struct Shared {
    std::uint64_t there;
    std::uint64_t back;
    std::uint32_t word[32];
  };
  auto& shared = *static_cast<Shared*>(dynamic_smem());
  if (thread_index().x == 0) {
    mbarrier_init(&shared.there, 32);
    mbarrier_init(&shared.back, 32);
  }
  syncthreads();
  const unsigned lane = lane_index();
  if (warp_index() == 1) shared.word[lane] = lane;
  for (std::uint32_t round = 0; round < rounds; ++round) {
    if (warp_index() == 0) {
      mbarrier_wait_parity(&shared.there, round & 1);
      shared.word[31 - lane] *= 3;
      mbarrier_arrive(&shared.back);
    } else {
      mbarrier_arrive(&shared.there);
      mbarrier_wait_parity(&shared.back, round & 1);
      shared.word[lane] += 1;
    }
  }
  if (warp_index() == 1) out[lane] = shared.word[lane];
}

/// try_wait without waiting: a fresh barrier passes parity 1; a complete phase passes its own.
__global__ void phases(std::uint32_t* out) {
  auto* barrier = static_cast<std::uint64_t*>(dynamic_smem());
  mbarrier_init(barrier, 2);
  out[0] = mbarrier_try_wait_parity(barrier, 1);
  mbarrier_arrive(barrier);
  mbarrier_arrive(barrier);
  while (!mbarrier_try_wait_parity(barrier, 0)) {
  }
  mbarrier_expect_tx(barrier, 64);
  mbarrier_arrive(barrier);
  mbarrier_arrive(barrier);
  out[1] = 1;
  mbarrier_invalidate(barrier);
  barrier[0] = 7;  // the bytes are free for anything else
  out[2] = static_cast<std::uint32_t>(barrier[0]);
}

/// Loads bytes, doubles them in place and stores or adds them elsewhere.
template <typename T>
__global__ void bulk_round(const T* from, T* to, T* sum, unsigned bytes) {
  struct Shared {
    std::uint64_t full;
    alignas(16) T tile[256];
  };
  auto& shared = *static_cast<Shared*>(dynamic_smem());
  if (thread_index().x == 0) {
    mbarrier_init(&shared.full, 1);
    fence_mbarrier_init();
    mbarrier_arrive_expect_tx(&shared.full, bytes);
    bulk_load(shared.tile, from, bytes, &shared.full);
  }
  syncthreads();
  mbarrier_wait_parity(&shared.full, 0);
  syncthreads();
  if (thread_index().x != 0) return;
  bulk_store(to, shared.tile, bytes);
  bulk_commit();
  bulk_reduce_add(sum, shared.tile, bytes);
  bulk_commit();
  bulk_wait_read<1>();
  bulk_wait<0>();
}

template <typename T, typename Make>
void check_bulk(const Make& make) {
  check_clean([&](Emulator& emulator) {
    constexpr std::size_t kCount = 48 / sizeof(T) * 4;
    const auto from = emulator.input<T>("from", kCount);
    const auto to = emulator.output<T>("to", kCount);
    const auto sum = emulator.input<T>("sum", kCount);
    for (std::size_t i = 0; i < kCount; ++i) {
      from[i] = make(static_cast<int>(i % 50));
      sum[i] = make(100);
    }
    launch({.grid = {1, 1, 1}, .block = {32, 1, 1}, .shared_bytes = 2048}, bulk_round<T>,
           from.data(), to.data(), sum.data(), static_cast<unsigned>(kCount * sizeof(T)));
    for (std::size_t i = 0; i < kCount; ++i) {
      const T want = make(100 + static_cast<int>(i % 50));
      emulator::expect(std::memcmp(&to[i], &from[i], sizeof(T)) == 0, "a stored element");
      emulator::expect(std::memcmp(&sum[i], &want, sizeof(T)) == 0, "a sum");
    }
  });
}

/// Blocks of a cluster tell each other that they have written; each reads its neighbour's word.
__global__ void neighbours(std::uint32_t* out) {
  struct Shared {
    std::uint64_t ready;
    std::uint32_t word[32];
  };
  auto& shared = *static_cast<Shared*>(dynamic_smem());
  if (thread_index().x == 0) {
    mbarrier_init(&shared.ready, 32);
    fence_mbarrier_init();
  }
  cluster_arrive();
  shared.word[lane_index()] = 100 * cluster_rank() + lane_index();
  cluster_wait();
  const std::uint32_t next = (cluster_rank() + 1) % cluster_size();
  mbarrier_arrive_remote(&shared.ready, next);
  mbarrier_wait_parity(&shared.ready, 0);  // the one before us has written
  const std::uint32_t before = (cluster_rank() + cluster_size() - 1) % cluster_size();
  out[32 * cluster_rank() + lane_index()] = map_to_rank(&shared, before)->word[lane_index()];
  cluster_sync();
}

__global__ void move_registers(std::uint32_t* out) {
  if (warp_index() < 4) {
    registers_decrease<40>();
  } else {
    registers_increase<232>();
  }
  out[thread_index().x] = 1;
}

TEST_SUITE("unit") {
  TEST_CASE("mbarriers hand memory back and forth through many phases") {
    check_clean([](Emulator& emulator) {
      const auto out = emulator.output<std::uint32_t>("out", 32);
      launch({.block = {64, 1, 1}, .shared_bytes = 512}, ping_pong, out.data(), 5u);
      for (std::uint32_t lane = 0; lane < 32; ++lane) {
        std::uint32_t want = lane;
        for (int round = 0; round < 5; ++round) want = want * 3 + 1;
        emulator::expect(out[lane] == want, "a word");
      }
    });
  }

  TEST_CASE("an mbarrier passes the parities that the manual says") {
    const auto trial = [](Emulator& emulator) {
      const auto out = emulator.output<std::uint32_t>("out", 3);
      launch({.shared_bytes = 64}, phases, out.data());
    };
    // The phase still expects bytes when the barrier is invalidated, which is allowed.
    check_clean(trial);
  }

  TEST_CASE("bulk copies load and store and add every type") {
    check_bulk<float>([](int i) { return static_cast<float>(i); });
    check_bulk<std::int32_t>([](int i) { return -i; });
    check_bulk<std::uint32_t>([](int i) { return static_cast<std::uint32_t>(i); });
    check_bulk<Bf16>([](int i) { return to_bf16(static_cast<float>(i)); });
    check_bulk<F16>([](int i) { return to_f16(static_cast<float>(i)); });
  }

  TEST_CASE("blocks of a cluster read the shared memory of the others") {
    check_clean([](Emulator& emulator) {
      const auto out = emulator.output<std::uint32_t>("out", 96);
      launch({.grid = {3, 1, 1}, .block = {32, 1, 1}, .cluster = {3, 1, 1}, .shared_bytes = 256},
             neighbours, out.data());
      for (std::uint32_t i = 0; i < 96; ++i) {
        emulator::expect(out[i] == 100 * ((i / 32 + 2) % 3) + i % 32, "a neighbour's word");
      }
    });
  }

  TEST_CASE("registers move from warpgroups that give to warpgroups that take") {
    check_clean([](Emulator& emulator) {
      const auto out = emulator.output<std::uint32_t>("out", 384);
      launch({.block = {384, 1, 1}, .registers_per_thread = 168}, move_registers, out.data());
    });
  }
}

}  // namespace
}  // namespace assay::device
