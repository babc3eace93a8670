// Tensor copies against plain loops: ranks, swizzles, ragged edges, stores, reductions, multicast.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <array>
#include <vector>

#include "device/barrier.cuh"
#include "device/cluster.cuh"
#include "device/fence.cuh"
#include "device/launch.cuh"
#include "device/mbarrier.cuh"
#include "device/tensor_map.cuh"
#include "device/tma.cuh"
#include "tests/emulator/instructions/trials.h"

namespace assay::device {
namespace {

using emulator::check_clean;
using emulator::Emulator;

using At = std::array<int, 4>;

struct Box {
  std::uint64_t full;  // the mbarrier
  alignas(1024) unsigned char bytes[16384];
};

__device__ void start(Box& box) {
  if (thread_index().x == 0) {
    mbarrier_init(&box.full, 1);
    fence_mbarrier_init();
  }
  syncthreads();
}

/// Loads one box and writes it out as it lies in shared memory.
template <int kRank>
__global__ void load_box(const __grid_constant__ CUtensorMap map, At at, unsigned bytes,
                         unsigned char* out) {
  auto& box = *reinterpret_cast<Box*>(dynamic_smem());
  start(box);
  if (thread_index().x == 0) {
    int coordinates[kRank];
    for (int d = 0; d < kRank; ++d) coordinates[d] = at[static_cast<std::size_t>(d)];
    mbarrier_arrive_expect_tx(&box.full, bytes);
    tensor_load(box.bytes, map, coordinates, &box.full);
  }
  mbarrier_wait_parity(&box.full, 0);
  for (unsigned i = thread_index().x; i < bytes; i += block_size().x) out[i] = box.bytes[i];
}

/// Writes the box's bytes in order and stores or adds them.
template <int kRank>
__global__ void store_box(const __grid_constant__ CUtensorMap map, At at, unsigned bytes,
                          const unsigned char* from, bool adds) {
  auto& box = *reinterpret_cast<Box*>(dynamic_smem());
  for (unsigned i = thread_index().x; i < bytes; i += block_size().x) box.bytes[i] = from[i];
  fence_proxy_async_shared();
  syncthreads();
  if (thread_index().x != 0) return;
  int coordinates[kRank];
  for (int d = 0; d < kRank; ++d) coordinates[d] = at[static_cast<std::size_t>(d)];
  if (adds) {
    tensor_reduce_add(map, coordinates, box.bytes);
  } else {
    tensor_store(map, coordinates, box.bytes);
  }
  bulk_commit();
  bulk_wait<0>();
}

struct Case {
  int rank;
  std::array<int, 4> size;
  std::array<int, 4> box;
  At at;
  Swizzle swizzle;
};

constexpr int kElementBytes = 4;

TensorMapSpec spec_of(const Case& c, const void* address) {
  TensorMapSpec spec;
  spec.element = TensorElement::kF32;
  spec.rank = c.rank;
  spec.address = address;
  spec.swizzle = c.swizzle;
  std::uint64_t stride = kElementBytes;
  for (std::size_t d = 0; d < static_cast<std::size_t>(c.rank); ++d) {
    spec.size[d] = static_cast<std::uint64_t>(c.size[d]);
    spec.box[d] = static_cast<std::uint32_t>(c.box[d]);
    stride *= spec.size[d];
    if (d + 1 < static_cast<std::size_t>(c.rank)) spec.stride_bytes[d] = stride;
  }
  return spec;
}

/// Calls visit(index in the tensor or -1, byte of the box in shared memory) for every element.
template <typename Visit>
void for_box(const Case& c, const Visit& visit) {
  std::array<int, 4> box = c.box;
  std::array<int, 4> size = c.size;
  for (std::size_t d = static_cast<std::size_t>(c.rank); d < 4; ++d) box[d] = size[d] = 1;
  for (int w = 0; w < box[3]; ++w) {
    for (int z = 0; z < box[2]; ++z) {
      for (int y = 0; y < box[1]; ++y) {
        for (int x = 0; x < box[0]; ++x) {
          const int p[4] = {c.at[0] + x, c.at[1] + y, c.at[2] + z, c.at[3] + w};
          bool inside = true;
          for (std::size_t d = 0; d < 4; ++d) inside = inside && p[d] >= 0 && p[d] < size[d];
          const int index = ((p[3] * size[2] + p[2]) * size[1] + p[1]) * size[0] + p[0];
          // PTX ISA, "Swizzling modes": pieces of 16 bytes change places within a span.
          const int row = (w * box[2] + z) * box[1] + y;
          const int span = static_cast<int>(swizzle_span(c.swizzle));
          int byte = x * kElementBytes;
          if (c.swizzle != Swizzle::kNone) {
            byte = (byte / 16 ^ (row % 8 * (span / 16) / 8)) * 16 + byte % 16;
          }
          visit(inside ? index : -1, row * box[0] * kElementBytes + byte);
        }
      }
    }
  }
}

int volume(const std::array<int, 4>& size, int rank) {
  int product = 1;
  for (int d = 0; d < rank; ++d) product *= size[static_cast<std::size_t>(d)];
  return product;
}

template <int kRank>
void check_load(const Case& c) {
  check_clean([=](Emulator& emulator) {
    const auto from =
        emulator.input<float>("from", static_cast<std::size_t>(volume(c.size, kRank)));
    for (std::size_t i = 0; i < from.size(); ++i) from[i] = static_cast<float>(i + 1);
    const auto bytes = static_cast<unsigned>(volume(c.box, kRank) * kElementBytes);
    const auto out = emulator.output<unsigned char>("out", bytes);
    launch({.block = {64, 1, 1}, .shared_bytes = sizeof(Box)}, load_box<kRank>,
           encode_tensor_map(spec_of(c, from.data())), c.at, bytes, out.data());
    for_box(c, [&](int index, int byte) {
      float got;
      std::memcpy(&got, &out[static_cast<std::size_t>(byte)], sizeof got);
      const float want = index < 0 ? 0 : static_cast<float>(index + 1);
      if (got != want) emulator::expect(false, fmt::format("byte {}: {}, not {}", byte, got, want));
    });
  });
}

template <int kRank>
void check_store(const Case& c, bool adds) {
  check_clean([=](Emulator& emulator) {
    const auto to = emulator.input<float>("to", static_cast<std::size_t>(volume(c.size, kRank)));
    std::vector<float> want(to.size(), 5);
    std::fill(to.begin(), to.end(), 5.0f);
    const auto bytes = static_cast<unsigned>(volume(c.box, kRank) * kElementBytes);
    const auto from = emulator.input<unsigned char>("from", bytes);
    for_box(c, [&](int index, int byte) {
      const auto value = static_cast<float>(byte + 1);
      std::memcpy(&from[static_cast<std::size_t>(byte)], &value, sizeof value);
      if (index >= 0) want[static_cast<std::size_t>(index)] = value + (adds ? 5 : 0);
    });
    launch({.block = {64, 1, 1}, .shared_bytes = sizeof(Box)}, store_box<kRank>,
           encode_tensor_map(spec_of(c, to.data())), c.at, bytes, from.data(), adds);
    emulator::expect(std::equal(to.begin(), to.end(), want.begin()), "the tensor differs");
  });
}

const Case kCases2d[] = {
    {2, {64, 20}, {32, 8}, {32, 4}, Swizzle::kNone},
    {2, {64, 20}, {32, 16}, {32, 4}, Swizzle::k128},
    {2, {64, 20}, {16, 16}, {16, 0}, Swizzle::k64},
    {2, {64, 20}, {8, 16}, {8, 4}, Swizzle::k32},
    {2, {60, 20}, {32, 16}, {40, 12}, Swizzle::k128},  // ragged at the end both ways
    {2, {60, 20}, {32, 16}, {-8, -3}, Swizzle::k128},  // and at the start
    {2, {60, 20}, {32, 16}, {64, 30}, Swizzle::k128},  // outside altogether
};
const Case kCases3d[] = {{3, {20, 6, 5}, {16, 4, 3}, {8, 4, -1}, Swizzle::k64}};
const Case kCases4d[] = {{4, {20, 6, 5, 4}, {8, 3, 2, 2}, {16, 4, 3, 3}, Swizzle::k32},
                         {4, {20, 6, 5, 4}, {4, 3, 2, 2}, {1, 2, 3, -1}, Swizzle::kNone}};

/// Each block of a cluster loads half of the box to both.
__global__ void load_halves(const __grid_constant__ CUtensorMap map, float* out) {
  auto& box = *reinterpret_cast<Box*>(dynamic_smem());
  if (thread_index().x == 0) {
    mbarrier_init(&box.full, 1);
    fence_mbarrier_init();
  }
  cluster_sync();
  const auto rank = cluster_rank();
  if (thread_index().x == 0) {
    mbarrier_arrive_expect_tx(&box.full, 2048);
    tensor_load_multicast(box.bytes + 1024 * rank, map, {0, static_cast<int>(8 * rank)}, &box.full,
                          3);
  }
  mbarrier_wait_parity(&box.full, 0);
  const auto* values = reinterpret_cast<const float*>(box.bytes);
  for (unsigned i = thread_index().x; i < 512; i += 32) out[512 * rank + i] = values[i];
  cluster_sync();
}

TEST_SUITE("unit") {
  TEST_CASE("a tensor copy loads what plain loops load for every rank and swizzle and edge") {
    for (const Case& c : kCases2d) check_load<2>(c);
    for (const Case& c : kCases3d) check_load<3>(c);
    for (const Case& c : kCases4d) check_load<4>(c);
  }

  TEST_CASE("a tensor copy stores what lies inside and leaves the rest alone") {
    for (const Case& c : kCases2d) check_store<2>(c, false);
    for (const Case& c : kCases3d) check_store<3>(c, false);
    for (const Case& c : kCases4d) check_store<4>(c, false);
  }

  TEST_CASE("a tensor reduction adds what lies inside") {
    for (const Case& c : kCases2d) check_store<2>(c, true);
    for (const Case& c : kCases4d) check_store<4>(c, true);
  }

  TEST_CASE("a multicast writes to every block of the cluster") {
    check_clean([](Emulator& emulator) {
      const auto from = emulator.input<float>("from", 512);
      for (std::size_t i = 0; i < from.size(); ++i) from[i] = static_cast<float>(i);
      const auto out = emulator.output<float>("out", 1024);
      const Case c{2, {32, 16}, {32, 8}, {0, 0}, Swizzle::kNone};
      launch({.grid = {2, 1, 1},
              .block = {32, 1, 1},
              .cluster = {2, 1, 1},
              .shared_bytes = sizeof(Box)},
             load_halves, encode_tensor_map(spec_of(c, from.data())), out.data());
      emulator::expect(std::equal(from.begin(), from.end(), out.begin()), "block 0");
      emulator::expect(std::equal(from.begin(), from.end(), out.begin() + 512), "block 1");
    });
  }
}

}  // namespace
}  // namespace assay::device
