// A warp's matrix instructions: lanes meet, then each does its own part, or the first does all.
#include "kernels/emulator/warp_matrix.h"

#include <array>
#include <cstring>

#include "kernels/device/fragment.h"
#include "kernels/emulator/barriers.h"
#include "kernels/emulator/machine.h"

namespace assay::emulator {

namespace {

using device::Position;

constexpr std::uint32_t kWholeWarp = 0xffffffffu;

/// The two 16-bit elements of matrix `matrix` that `lane` holds, as addresses, from all rows.
std::array<char*, 2> elements_of(const std::array<std::uint64_t, 32>& rows, int matrix, int lane,
                                 bool transpose) {
  std::array<char*, 2> elements{};
  for (int e = 0; e < 2; ++e) {
    const int row = transpose ? 2 * (lane % 4) + e : lane / 4;
    const int column = transpose ? lane / 4 : 2 * (lane % 4) + e;
    const auto from = static_cast<std::size_t>(8 * matrix + row);
    elements[static_cast<std::size_t>(e)] =
        reinterpret_cast<char*>(rows[from]) + sizeof(std::uint16_t) * column;
  }
  return elements;
}

std::array<std::uint64_t, 32> meet_with_rows(const void* row, int matrices, const Site& site) {
  Machine& machine = Machine::current();
  Thread& thread = Machine::self();
  pass(site);
  const auto address = reinterpret_cast<std::uint64_t>(row);
  if (static_cast<int>(thread.lane) < 8 * matrices) {
    if (address % 16 != 0) {
      machine.fail(Fault::kAlignment, &thread, site, "a row's address is not a multiple of 16");
    }
    if (machine.memory().find(row, 16).block != thread.block) {
      machine.fail(Fault::kOutOfBounds, &thread, site, "a row is not in its shared memory");
    }
  }
  return meet(kWholeWarp, address, false, site);
}

constexpr int kFragmentRows = 16;
constexpr int kColumns = 8;
constexpr int kFragmentDepth = 32;

/// Both operands as numbers.
struct Operands {
  float a[kFragmentRows][kFragmentDepth];
  float b[kFragmentDepth][kColumns];
};

Operands gather(const std::array<MmaLane*, 32>& lanes, Format format_a, Format format_b) {
  Operands operands{};
  const int size = static_cast<int>(format_bytes(format_a));
  for (int lane = 0; lane < 32; ++lane) {
    const MmaLane& from = *lanes[static_cast<std::size_t>(lane)];
    for (int r = 0; r < 4; ++r) {
      for (int e = 0; e < 4 / size; ++e) {
        const Position at = device::a_position(lane, r, e, size);
        const char* bytes = reinterpret_cast<const char*>(&from.a[r]) + e * size;
        operands.a[at.row][at.column] = decode(format_a, bytes);
      }
    }
    for (int r = 0; r < 2; ++r) {
      for (int e = 0; e < 4 / size; ++e) {
        const Position at = device::b_position(lane, r, e, size);
        const char* bytes = reinterpret_cast<const char*>(&from.b[r]) + e * size;
        operands.b[at.row][at.column] = decode(format_b, bytes);
      }
    }
  }
  return operands;
}

/// Sums in float, or wrapping around in int, in the order of K.
void compute(const std::array<MmaLane*, 32>& lanes, Format format_a, Format format_b) {
  const Operands operands = gather(lanes, format_a, format_b);
  const int depth = kFragmentDepth / static_cast<int>(format_bytes(format_a));
  for (int lane = 0; lane < 32; ++lane) {
    MmaLane& mine = *lanes[static_cast<std::size_t>(lane)];
    for (int i = 0; i < 4; ++i) {
      const Position at = device::accumulator_position(lane, i);
      if (mine.int_d != nullptr) {
        auto sum = static_cast<std::uint32_t>(mine.int_c[i]);
        for (int k = 0; k < depth; ++k) {
          sum += static_cast<std::uint32_t>(
              static_cast<std::int32_t>(operands.a[at.row][k] * operands.b[k][at.column]));
        }
        mine.int_d[i] = static_cast<std::int32_t>(sum);
      } else {
        float sum = mine.c[i];
        for (int k = 0; k < depth; ++k) sum += operands.a[at.row][k] * operands.b[k][at.column];
        mine.d[i] = sum;
      }
    }
    mine.computed = true;
  }
}

}  // namespace

void load_matrices(std::uint32_t* fragment, int matrices, bool transpose, const void* row,
                   const Site& site) {
  const auto rows = meet_with_rows(row, matrices, site);
  const auto lane = static_cast<int>(Machine::self().lane);
  for (int matrix = 0; matrix < matrices; ++matrix) {
    std::uint16_t pair[2];
    const auto elements = elements_of(rows, matrix, lane, transpose);
    for (std::size_t e = 0; e < 2; ++e) {
      check_read(site, elements[e], sizeof pair[e]);
      std::memcpy(&pair[e], elements[e], sizeof pair[e]);
    }
    fragment[matrix] = pair[0] | static_cast<std::uint32_t>(pair[1]) << 16;
  }
}

void store_matrices(const std::uint32_t* fragment, int matrices, bool transpose, void* row,
                    const Site& site) {
  const auto rows = meet_with_rows(row, matrices, site);
  const auto lane = static_cast<int>(Machine::self().lane);
  for (int matrix = 0; matrix < matrices; ++matrix) {
    const auto elements = elements_of(rows, matrix, lane, transpose);
    for (std::size_t e = 0; e < 2; ++e) {
      const auto half = static_cast<std::uint16_t>(fragment[matrix] >> 16 * e);
      check_write(site, elements[e], sizeof half);
      std::memcpy(elements[e], &half, sizeof half);
    }
  }
}

void mma_sync(MmaLane& lane, Format format_a, Format format_b, const Site& site) {
  pass(site);
  const auto met = meet(kWholeWarp, reinterpret_cast<std::uint64_t>(&lane), false, site);
  if (lane.computed) return;
  // The first lane to go on: the others still stand here, with their operands on their stacks.
  std::array<MmaLane*, 32> lanes{};
  for (std::size_t i = 0; i < 32; ++i) lanes[i] = reinterpret_cast<MmaLane*>(met[i]);
  compute(lanes, format_a, format_b);
}

}  // namespace assay::emulator
