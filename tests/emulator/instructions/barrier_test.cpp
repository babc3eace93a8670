// Barriers of a block and of a warp: what they order, and how they are misused.
#include "device/barrier.cuh"

#include <doctest/doctest.h>

#include <cstdint>

#include "device/launch.cuh"
#include "tests/emulator/instructions/trials.h"

namespace assay::device {
namespace {

using emulator::check_clean;
using emulator::check_found;
using emulator::Emulator;
using emulator::Fault;
using emulator::Trial;

/// Every thread writes its word and reads its neighbour's, with something or nothing between.
enum class Between { kSyncthreads, kSyncwarp, kNamed, kNothing };

template <Between kBetween>
__global__ void pass_on(std::uint32_t* out) {
  auto* shared = static_cast<std::uint32_t*>(dynamic_smem());
  const unsigned thread = thread_index().x;
  shared[thread] = 1;
  syncthreads();
  shared[thread] = 7 * thread;
  if constexpr (kBetween == Between::kSyncthreads) syncthreads();
  if constexpr (kBetween == Between::kSyncwarp) syncwarp();
  if constexpr (kBetween == Between::kNamed) named_barrier_sync(3, 64);
  out[thread] = shared[(thread + 1) % block_size().x];
}

template <Between kBetween>
Trial passing_on(unsigned threads) {
  return [=](Emulator& emulator) {
    const auto out = emulator.output<std::uint32_t>("out", threads);
    launch({.block = {threads, 1, 1}, .shared_bytes = 4 * threads}, pass_on<kBetween>, out.data());
    for (unsigned i = 0; i < threads; ++i) {
      emulator::expect(out[i] == 7 * ((i + 1) % threads), "a neighbour's word");
    }
  };
}

/// The first warp writes and arrives; the second waits and reads; twice over.
__global__ void hand_over(std::uint32_t* out) {
  auto* shared = static_cast<std::uint32_t*>(dynamic_smem());
  const unsigned lane = lane_index();
  for (unsigned round = 0; round < 2; ++round) {
    if (warp_index() == 0) {
      if (round > 0) named_barrier_sync(2, 64);
      shared[lane] = lane + 100 * round;
      named_barrier_arrive(1, 64);
    } else {
      named_barrier_sync(1, 64);
      out[32 * round + lane] = shared[31 - lane];
      if (round == 0) named_barrier_arrive(2, 64);
    }
  }
}

__global__ void counts_differ() { named_barrier_sync(1, thread_index().x < 32 ? 64 : 96); }

__global__ void odd_count() { named_barrier_sync(1, 40); }

__global__ void one_warp_stays_away() {
  if (warp_index() != 1) syncthreads();
}

__global__ void lanes_differ() {
  if (lane_index() < 16) {
    named_barrier_sync(1, 32);
  } else {
    named_barrier_sync(2, 32);
  }
}

template <int kUse>
void shared_function() {
  syncthreads();
}

__global__ void use_twice() {
  shared_function<0>();
  shared_function<1>();
}

TEST_SUITE("unit") {
  TEST_CASE("a call in a function template is a site of its own in each instance") {
    const auto sites = emulator::sites_of([](Emulator&) {
      launch({.block = {32, 1, 1}}, use_twice);
    });
    REQUIRE(sites.size() == 2);
    CHECK(sites[0].at.line() == sites[1].at.line());
    CHECK_FALSE(sites[0].same_place(sites[1]));
  }

  TEST_CASE("syncthreads and named barriers and syncwarp order memory") {
    check_clean(passing_on<Between::kSyncthreads>(96));
    check_clean(passing_on<Between::kNamed>(64));
    check_clean(passing_on<Between::kSyncwarp>(32));
  }

  TEST_CASE("words passed on with no barrier between are a race") {
    check_found(
        Fault::kRace, [](Emulator& emulator) { passing_on<Between::kNothing>(64)(emulator); },
        "barrier_test.cpp");
  }

  TEST_CASE("words passed on to another warp through syncwarp are a race") {
    check_found(Fault::kRace, passing_on<Between::kSyncwarp>(64));
  }

  TEST_CASE("one warp arrives and another waits at a named barrier") {
    check_clean([](Emulator& emulator) {
      const auto out = emulator.output<std::uint32_t>("out", 64);
      launch({.block = {64, 1, 1}, .shared_bytes = 128}, hand_over, out.data());
      for (unsigned i = 0; i < 32; ++i) {
        emulator::expect(out[i] == 31 - i, "first round");
        emulator::expect(out[32 + i] == 131 - i, "second round");
      }
    });
  }

  TEST_CASE("a named barrier with different counts is reported") {
    check_found(
        Fault::kNamedBarrier,
        [](Emulator&) {
          launch({.block = {96, 1, 1}}, counts_differ);
        },
        "barrier 1 for");
  }

  TEST_CASE("a named barrier for part of a warp is reported") {
    check_found(Fault::kNamedBarrier, [](Emulator&) { launch({.block = {64, 1, 1}}, odd_count); });
  }

  TEST_CASE("a barrier that a warp never comes to is a deadlock that names the barrier") {
    check_found(
        Fault::kDeadlock,
        [](Emulator&) {
          launch({.block = {96, 1, 1}}, one_warp_stays_away);
        },
        "barrier 0: 64 of 96 threads have arrived");
  }

  TEST_CASE("lanes of one warp at different barriers are reported") {
    check_found(Fault::kDivergence, [](Emulator&) { launch({.block = {32, 1, 1}}, lanes_differ); });
  }
}

}  // namespace
}  // namespace assay::device
