// Shuffles, votes and elect against what each lane should see.
#include <doctest/doctest.h>

#include <cstdint>

#include "device/launch.cuh"
#include "device/warp.cuh"
#include "tests/emulator/instructions/trials.h"

namespace assay::device {
namespace {

using emulator::check_clean;
using emulator::check_found;
using emulator::Emulator;
using emulator::Fault;

constexpr LaunchConfig kOneWarp{.block = {32, 1, 1}};

__global__ void shuffles(std::uint32_t* out) {
  const unsigned lane = lane_index();
  out[lane] = shuffle(100 + lane, 5);
  out[32 + lane] = shuffle_xor(100 + lane, 12);
  out[64 + lane] = shuffle_up(100 + lane, 3u);
  out[96 + lane] = shuffle_down(100 + lane, 7u);
  out[128 + lane] = static_cast<std::uint32_t>(shuffle(0.5f * static_cast<float>(lane), 9) * 2);
}

__global__ void votes(std::uint32_t* out) {
  const unsigned lane = lane_index();
  out[lane] = vote_ballot(lane % 3 == 0);
  out[32 + lane] = vote_any(lane == 17) ? 1 : 0;
  out[64 + lane] = vote_any(lane == 40) ? 1 : 0;
  out[96 + lane] = vote_all(lane < 32) ? 1 : 0;
  out[128 + lane] = vote_all(lane < 31) ? 1 : 0;
}

__global__ void part_of_a_warp(std::uint32_t* out) {
  const unsigned lane = lane_index();
  if (lane < 8) {
    out[lane] = vote_ballot(lane % 2 == 0, 0xffu) + shuffle(lane, 7, 0xffu);
  } else {
    out[lane] = vote_ballot(true, 0xffffff00u);
  }
}

__global__ void elections(std::uint32_t* out) {
  const unsigned lane = thread_index().x % 32;
  const unsigned warp = thread_index().x / 32;
  out[3 * (32 * warp + lane)] = elect_one() ? 1 : 0;
  out[3 * (32 * warp + lane) + 1] = elect_one() ? 1 : 0;
  if (lane < 4) {
    out[3 * (32 * warp + lane) + 2] = elect_one(0xfu) ? 1 : 0;
  } else {
    out[3 * (32 * warp + lane) + 2] = 0;
  }
}

__global__ void lane_outside_the_mask(std::uint32_t* out) {
  if (lane_index() < 8) out[lane_index()] = shuffle(lane_index(), 9, 0xffu);
}

__global__ void some_lanes_only(std::uint32_t* out) {
  if (lane_index() < 16) {
    out[lane_index()] = shuffle(lane_index(), 3);
  }
}

__global__ void different_instructions(std::uint32_t* out) {
  if (lane_index() < 16) {
    out[lane_index()] = vote_ballot(true);
  } else {
    out[lane_index()] = shuffle(lane_index(), 3);
  }
}

TEST_SUITE("unit") {
  TEST_CASE("each shuffle gives a lane the value of the lane that it names") {
    check_clean([](Emulator& emulator) {
      const auto out = emulator.output<std::uint32_t>("out", 160);
      launch(kOneWarp, shuffles, out.data());
      for (std::uint32_t lane = 0; lane < 32; ++lane) {
        emulator::expect(out[lane] == 105, "index");
        emulator::expect(out[32 + lane] == 100 + (lane ^ 12), "xor");
        emulator::expect(out[64 + lane] == 100 + (lane < 3 ? lane : lane - 3), "up");
        emulator::expect(out[96 + lane] == 100 + (lane + 7 > 31 ? lane : lane + 7), "down");
        emulator::expect(out[128 + lane] == 9, "float");
      }
    });
  }

  TEST_CASE("votes count the predicates of every lane") {
    check_clean([](Emulator& emulator) {
      const auto out = emulator.output<std::uint32_t>("out", 160);
      launch(kOneWarp, votes, out.data());
      std::uint32_t thirds = 0;
      for (std::uint32_t lane = 0; lane < 32; lane += 3) thirds |= 1u << lane;
      for (std::uint32_t lane = 0; lane < 32; ++lane) {
        emulator::expect(out[lane] == thirds, "ballot");
        emulator::expect(out[32 + lane] == 1 && out[64 + lane] == 0, "any");
        emulator::expect(out[96 + lane] == 1 && out[128 + lane] == 0, "all");
      }
    });
  }

  TEST_CASE("parts of a warp vote and shuffle by themselves") {
    check_clean([](Emulator& emulator) {
      const auto out = emulator.output<std::uint32_t>("out", 32);
      launch(kOneWarp, part_of_a_warp, out.data());
      for (std::uint32_t lane = 0; lane < 32; ++lane) {
        emulator::expect(out[lane] == (lane < 8 ? 0x55u + 7 : 0xffffff00u), "part of a warp");
      }
    });
  }

  TEST_CASE("elect chooses one lane of the mask and the same one each time") {
    check_clean([](Emulator& emulator) {
      const auto out = emulator.output<std::uint32_t>("out", 192);
      launch({.block = {64, 1, 1}}, elections, out.data());
      for (std::uint32_t warp = 0; warp < 2; ++warp) {
        std::uint32_t elected[3] = {};
        for (std::uint32_t lane = 0; lane < 32; ++lane) {
          const auto* of_lane = &out[3 * (32 * warp + lane)];
          emulator::expect(of_lane[0] == of_lane[1], "another lane the second time");
          for (int i = 0; i < 3; ++i) elected[i] += of_lane[i];
        }
        for (const std::uint32_t count : elected) emulator::expect(count == 1, "not one lane");
      }
    });
  }

  TEST_CASE("a shuffle from outside of its mask is reported") {
    check_found(
        Fault::kDivergence,
        [](Emulator& emulator) {
          launch(kOneWarp, lane_outside_the_mask, emulator.output<std::uint32_t>("out", 32).data());
        },
        "which is not in the mask");
  }

  TEST_CASE("a shuffle that half of the warp leaves out is reported") {
    check_found(Fault::kDivergence, [](Emulator& emulator) {
      launch(kOneWarp, some_lanes_only, emulator.output<std::uint32_t>("out", 32).data());
    });
  }

  TEST_CASE("lanes that meet at different instructions are reported") {
    check_found(
        Fault::kDivergence,
        [](Emulator& emulator) {
          launch(kOneWarp, different_instructions,
                 emulator.output<std::uint32_t>("out", 32).data());
        },
        "lanes_test.cpp");
  }
}

}  // namespace
}  // namespace assay::device
