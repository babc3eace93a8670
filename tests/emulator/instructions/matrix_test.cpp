// ldmatrix and stmatrix against plain loops over the manual's picture of an 8x8 matrix.
#include "device/matrix.cuh"

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

// Rows of 8 elements, 24 elements apart, so that no row follows another.
constexpr unsigned kPitch = 24;

template <int kMatrices, bool kTranspose>
__global__ void load(const std::uint16_t* in, std::uint32_t* out) {
  auto* shared = static_cast<std::uint16_t*>(dynamic_smem());
  const unsigned lane = lane_index();
  for (unsigned i = 0; i < 8; ++i) shared[kPitch * lane + i] = in[8 * lane + i];
  syncwarp();
  std::uint32_t fragment[kMatrices];
  ldmatrix<kTranspose>(fragment, &shared[kPitch * lane]);
  for (int i = 0; i < kMatrices; ++i) out[32 * i + static_cast<int>(lane)] = fragment[i];
}

template <int kMatrices, bool kTranspose>
__global__ void store(const std::uint32_t* in, std::uint16_t* out) {
  auto* shared = static_cast<std::uint16_t*>(dynamic_smem());
  const unsigned lane = lane_index();
  std::uint32_t fragment[kMatrices];
  for (int i = 0; i < kMatrices; ++i) fragment[i] = in[32 * i + static_cast<int>(lane)];
  stmatrix<kTranspose>(&shared[kPitch * lane], fragment);
  syncwarp();
  if (lane < 8 * kMatrices) {
    for (unsigned i = 0; i < 8; ++i) out[8 * lane + i] = shared[kPitch * lane + i];
  }
}

/// Calls f(matrix, row, column, lane, half): the manual's picture, row by row.
template <typename Visit>
void visit_elements(int matrices, bool transpose, Visit visit) {
  for (int matrix = 0; matrix < matrices; ++matrix) {
    for (int row = 0; row < 8; ++row) {
      for (int pair = 0; pair < 4; ++pair) {
        for (int half = 0; half < 2; ++half) {
          const int lane = 4 * row + pair;
          const int column = 2 * pair + half;
          if (transpose) {
            visit(matrix, column, row, lane, half);
          } else {
            visit(matrix, row, column, lane, half);
          }
        }
      }
    }
  }
}

std::uint16_t element(int matrix, int row, int column) {
  return static_cast<std::uint16_t>(1000 * (matrix + 1) + 10 * row + column);
}

constexpr LaunchConfig kLaunch{.block = {32, 1, 1}, .shared_bytes = 32 * kPitch * 2};

template <int kMatrices, bool kTranspose>
Trial loads() {
  return [](Emulator& emulator) {
    const auto in = emulator.input<std::uint16_t>("in", 256);
    const auto out = emulator.output<std::uint32_t>("out", 32 * kMatrices);
    for (int i = 0; i < 256; ++i) {
      in[static_cast<std::size_t>(i)] = element(i / 64, i / 8 % 8, i % 8);
    }
    launch(kLaunch, load<kMatrices, kTranspose>, in.data(), out.data());
    visit_elements(kMatrices, kTranspose, [&](int matrix, int row, int column, int lane, int half) {
      const std::uint32_t got = out[static_cast<std::size_t>(32 * matrix + lane)] >> 16 * half;
      emulator::expect((got & 0xffff) == element(matrix, row, column), "a loaded element");
    });
  };
}

template <int kMatrices, bool kTranspose>
Trial stores() {
  return [](Emulator& emulator) {
    const auto in = emulator.input<std::uint32_t>("in", 32 * kMatrices);
    const auto out = emulator.output<std::uint16_t>("out", 64 * kMatrices);
    visit_elements(kMatrices, kTranspose, [&](int matrix, int row, int column, int lane, int half) {
      const std::uint32_t value = element(matrix, row, column);
      in[static_cast<std::size_t>(32 * matrix + lane)] |= value << 16 * half;
    });
    launch(kLaunch, store<kMatrices, kTranspose>, in.data(), out.data());
    for (int i = 0; i < 64 * kMatrices; ++i) {
      emulator::expect(out[static_cast<std::size_t>(i)] == element(i / 64, i / 8 % 8, i % 8),
                       "a stored element");
    }
  };
}

__global__ void load_without_syncwarp(std::uint32_t* out) {
  auto* shared = static_cast<std::uint16_t*>(dynamic_smem());
  for (unsigned i = 0; i < 8; ++i) shared[8 * lane_index() + i] = 1;
  std::uint32_t fragment[4];
  ldmatrix(fragment, &shared[8 * lane_index()]);
  out[lane_index()] = fragment[0];
}

__global__ void misaligned_row(std::uint32_t* out) {
  std::uint32_t fragment[1];
  ldmatrix(fragment, static_cast<std::uint16_t*>(dynamic_smem()) + 4);
  out[lane_index()] = fragment[0];
}

__global__ void row_never_written(std::uint32_t* out) {
  std::uint32_t fragment[1];
  ldmatrix(fragment, static_cast<std::uint16_t*>(dynamic_smem()) + 8 * lane_index());
  out[lane_index()] = fragment[0];
}

TEST_SUITE("unit") {
  TEST_CASE("ldmatrix gives each lane its elements of 1 and 2 and 4 matrices") {
    check_clean(loads<1, false>(), 2);
    check_clean(loads<2, false>(), 2);
    check_clean(loads<4, false>(), 2);
  }

  TEST_CASE("ldmatrix transposes 1 and 2 and 4 matrices") {
    check_clean(loads<1, true>(), 2);
    check_clean(loads<2, true>(), 2);
    check_clean(loads<4, true>(), 2);
  }

  TEST_CASE("stmatrix writes what ldmatrix would read") {
    check_clean(stores<1, false>(), 2);
    check_clean(stores<2, false>(), 2);
    check_clean(stores<4, false>(), 2);
    check_clean(stores<1, true>(), 2);
    check_clean(stores<2, true>(), 2);
    check_clean(stores<4, true>(), 2);
  }

  TEST_CASE("ldmatrix of rows that other lanes wrote without syncwarp is a race") {
    check_found(Fault::kRace, [](Emulator& emulator) {
      launch(kLaunch, load_without_syncwarp, emulator.output<std::uint32_t>("out", 32).data());
    });
  }

  TEST_CASE("ldmatrix of a misaligned row is reported") {
    check_found(Fault::kAlignment, [](Emulator& emulator) {
      launch(kLaunch, misaligned_row, emulator.output<std::uint32_t>("out", 32).data());
    });
  }

  TEST_CASE("ldmatrix of shared memory that nobody wrote is reported") {
    check_found(
        Fault::kUninitialised,
        [](Emulator& emulator) {
          launch(kLaunch, row_never_written, emulator.output<std::uint32_t>("out", 32).data());
        },
        "ldmatrix");
  }
}

}  // namespace
}  // namespace assay::device
