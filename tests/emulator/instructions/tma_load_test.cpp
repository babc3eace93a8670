// Loads by TMA: bytes, boxes of every rank and swizzle, ragged edges, multicast, and misuse.
#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

#include "device/barrier.cuh"
#include "device/cluster.cuh"
#include "device/fence.cuh"
#include "device/launch.cuh"
#include "device/mbarrier.cuh"
#include "device/tensor_map.cuh"
#include "device/tma.cuh"
#include "tests/emulator/instructions/tensor_trial.h"
#include "tests/emulator/instructions/trials.h"

namespace assay::device {
namespace {

using emulator::check_always_found;
using emulator::check_clean;
using emulator::check_found;
using emulator::Emulator;
using emulator::Fault;
using emulator::Trial;

struct Shared {
  alignas(1024) unsigned char tile[8192];
  std::uint64_t full;
};

constexpr unsigned kThreads = 64;

struct At {
  int of[4];
};

__device__ void init(Shared& shared) {
  if (thread_index().x == 0) {
    mbarrier_init(&shared.full, 1);
    fence_mbarrier_init();
  }
}

__device__ void write_out(const Shared& shared, unsigned char* out, std::uint32_t bytes) {
  for (std::uint32_t i = thread_index().x; i < bytes; i += kThreads) out[i] = shared.tile[i];
}

template <int kRank>
__global__ void load_box(const __grid_constant__ CUtensorMap map, At at, std::uint32_t bytes,
                         unsigned char* out) {
  auto& shared = *static_cast<Shared*>(dynamic_smem());
  init(shared);
  syncthreads();
  if (thread_index().x == 0) {
    prefetch_tensor_map(map);
    int place[kRank];
    for (int d = 0; d < kRank; ++d) place[d] = at.of[d];
    tensor_prefetch(map, place);
    mbarrier_arrive_expect_tx(&shared.full, bytes);
    tensor_load(shared.tile, map, place, &shared.full);
  }
  mbarrier_wait_parity(&shared.full, 0);
  write_out(shared, out, bytes);
}

Trial box_loads(const TensorCase& tensor) {
  return [=](Emulator& emulator) {
    const auto in = emulator.input<unsigned char>("in", tensor.tensor_bytes());
    const std::size_t bytes = tensor.box_bytes();
    const auto out = emulator.output<unsigned char>("out", bytes);
    for (std::size_t i = 0; i < in.size(); ++i) in[i] = static_cast<unsigned char>(1 + i % 251);
    const CUtensorMap map = encode_tensor_map(tensor.spec(in.data()));
    const At at{{tensor.at[0], tensor.at[1], tensor.at[2], tensor.at[3]}};
    const LaunchConfig config{.block = {kThreads, 1, 1}, .shared_bytes = sizeof(Shared)};
    const auto count = static_cast<std::uint32_t>(bytes);
    if (tensor.rank == 2) launch(config, load_box<2>, map, at, count, out.data());
    if (tensor.rank == 3) launch(config, load_box<3>, map, at, count, out.data());
    if (tensor.rank == 4) launch(config, load_box<4>, map, at, count, out.data());
    std::vector<unsigned char> expected(bytes, 0);
    tensor.visit_inside(
        [&](std::size_t in_tile, std::size_t in_tensor) { expected[in_tile] = in[in_tensor]; });
    for (std::size_t i = 0; i < bytes; ++i) {
      emulator::expect(out[i] == expected[i], tensor.name + ": byte " + std::to_string(i));
    }
  };
}

__global__ void load_bytes(const unsigned char* in, unsigned char* out, std::uint32_t bytes) {
  auto& shared = *static_cast<Shared*>(dynamic_smem());
  init(shared);
  syncthreads();
  if (thread_index().x == 0) {
    mbarrier_arrive_expect_tx(&shared.full, bytes);
    bulk_load(shared.tile, in, bytes, &shared.full);
  }
  mbarrier_wait_parity(&shared.full, 0);
  write_out(shared, out, bytes);
}

/// Block 0 loads bytes, block 1 a box; both land in every block whose bit is set.
template <bool kWaits>
__global__ void multicast(const __grid_constant__ CUtensorMap map, const unsigned char* in,
                          std::uint16_t blocks, unsigned char* out) {
  auto& shared = *static_cast<Shared*>(dynamic_smem());
  init(shared);
  cluster_sync();
  const std::uint32_t rank = cluster_rank();
  const bool receives = (blocks >> rank & 1) != 0;
  if (thread_index().x == 0) {
    if (receives) mbarrier_arrive_expect_tx(&shared.full, 512 + 256);
    if (rank == 0) bulk_load_multicast(shared.tile, in, 512, &shared.full, blocks);
    if (rank == 1) {
      tensor_load_multicast(shared.tile + 512, map, {8, 2}, &shared.full, blocks);
    }
  }
  if (receives) {
    if constexpr (kWaits) mbarrier_wait_parity(&shared.full, 0);
    write_out(shared, out + 768 * rank, 768);
  }
  cluster_sync();
}

template <bool kWaits>
Trial multicasts(std::uint16_t blocks) {
  return [=](Emulator& emulator) {
    const TensorCase tensor{"",          2, TensorElement::kU16, {32, 12, 1, 1}, {16, 8, 1, 1},
                            {8, 2, 0, 0}};
    const auto in = emulator.input<unsigned char>("in", tensor.tensor_bytes());
    const auto out = emulator.input<unsigned char>("out", 4 * 768);
    for (std::size_t i = 0; i < in.size(); ++i) in[i] = static_cast<unsigned char>(1 + i % 251);
    const CUtensorMap map = encode_tensor_map(tensor.spec(in.data()));
    launch({.grid = {4, 1, 1},
            .block = {kThreads, 1, 1},
            .cluster = {4, 1, 1},
            .shared_bytes = sizeof(Shared)},
           multicast<kWaits>, map, static_cast<const unsigned char*>(in.data()), blocks,
           out.data());
    for (std::size_t rank = 0; rank < 4; ++rank) {
      std::vector<unsigned char> expected(768, 0);
      if ((blocks >> rank & 1) != 0) {
        std::copy(in.begin(), in.begin() + 512, expected.begin());
        tensor.visit_inside([&](std::size_t in_tile, std::size_t in_tensor) {
          expected[512 + in_tile] = in[in_tensor];
        });
      }
      for (std::size_t i = 0; i < 768; ++i) {
        emulator::expect(out[768 * rank + i] == expected[i],
                         "block " + std::to_string(rank) + " byte " + std::to_string(i));
      }
    }
  };
}

enum class Misuse {
  kReadEarly,
  kWrittenBefore,
  kFewerBytes,
  kMoreBytes,
  kMisalignedTile,
  kOddBytes,
  kNoInitFence,
  kOtherRank,
  kBeyondBuffer,
  kBeyondShared,
};

template <Misuse kMisuse>
__global__ void misuse(const __grid_constant__ CUtensorMap map, const unsigned char* in,
                       unsigned char* out) {
  auto& shared = *static_cast<Shared*>(dynamic_smem());
  if (thread_index().x == 0) {
    mbarrier_init(&shared.full, 1);
    if constexpr (kMisuse != Misuse::kNoInitFence) fence_mbarrier_init();
  }
  if constexpr (kMisuse == Misuse::kWrittenBefore) shared.tile[thread_index().x] = 0;
  syncthreads();
  if (thread_index().x == 0) {
    constexpr std::uint32_t kExpected = kMisuse == Misuse::kFewerBytes  ? 240
                                        : kMisuse == Misuse::kMoreBytes ? 272
                                                                        : 256;
    mbarrier_arrive_expect_tx(&shared.full, kExpected);
    if constexpr (kMisuse == Misuse::kMisalignedTile) {
      tensor_load(shared.tile + 64, map, {0, 0}, &shared.full);
    } else if constexpr (kMisuse == Misuse::kOtherRank) {
      tensor_load(shared.tile, map, {0, 0, 0}, &shared.full);
    } else if constexpr (kMisuse == Misuse::kOddBytes) {
      bulk_load(shared.tile, in, 248, &shared.full);
    } else if constexpr (kMisuse == Misuse::kBeyondBuffer) {
      bulk_load(shared.tile, in + 768 - 240, 256, &shared.full);
    } else if constexpr (kMisuse == Misuse::kBeyondShared) {
      bulk_load(reinterpret_cast<unsigned char*>(&shared + 1) - 128, in, 256, &shared.full);
    } else {
      tensor_load(shared.tile, map, {0, 0}, &shared.full);
    }
  }
  if constexpr (kMisuse != Misuse::kReadEarly) mbarrier_wait_parity(&shared.full, 0);
  write_out(shared, out, 256);
}

template <Misuse kMisuse>
Trial misused() {
  return [](Emulator& emulator) {
    const TensorCase tensor{"", 2, TensorElement::kU16, {32, 12, 1, 1}, {16, 8, 1, 1}};
    const auto in = emulator.input<unsigned char>("in", tensor.tensor_bytes());
    const auto out = emulator.output<unsigned char>("out", 256);
    const CUtensorMap map = encode_tensor_map(tensor.spec(in.data()));
    launch({.block = {kThreads, 1, 1}, .shared_bytes = sizeof(Shared)}, misuse<kMisuse>, map,
           static_cast<const unsigned char*>(in.data()), out.data());
  };
}

TEST_SUITE("unit") {
  TEST_CASE("tensor loads of 2 to 4 dimensions bring every byte of a box to its place") {
    for (const TensorCase& tensor : tensor_cases()) check_clean(box_loads(tensor), 1);
  }

  TEST_CASE("a bulk load brings bytes") {
    check_clean([](Emulator& emulator) {
      const auto in = emulator.input<unsigned char>("in", 1552);
      const auto out = emulator.output<unsigned char>("out", 1552);
      for (std::size_t i = 0; i < in.size(); ++i) in[i] = static_cast<unsigned char>(i % 253);
      launch({.block = {kThreads, 1, 1}, .shared_bytes = sizeof(Shared)}, load_bytes,
             static_cast<const unsigned char*>(in.data()), out.data(), 1552u);
      for (std::size_t i = 0; i < in.size(); ++i) emulator::expect(out[i] == in[i], "a byte");
    });
  }

  TEST_CASE("a multicast lands in the blocks of its mask and in no other") {
    check_clean(multicasts<true>(0xF), 2);
    check_clean(multicasts<true>(0xA), 2);
    check_clean(multicasts<true>(0x1), 2);
  }

  TEST_CASE("what a multicast brings may not be read before the wait of the own block") {
    check_found({Fault::kPendingAsync, Fault::kUninitialised}, multicasts<false>(0xF));
  }

  TEST_CASE("what a load brings may not be read before the barrier completes") {
    check_found({Fault::kPendingAsync, Fault::kUninitialised}, misused<Misuse::kReadEarly>(),
                "tma_load_test.cpp");
  }

  TEST_CASE("a load over plain writes needs a proxy fence") {
    check_found(Fault::kMissingProxyFence, misused<Misuse::kWrittenBefore>());
  }

  TEST_CASE("expected bytes that are too few or too many are found") {
    check_found(Fault::kTransactionBytes, misused<Misuse::kMoreBytes>(), "16 bytes outstanding");
    check_always_found(misused<Misuse::kFewerBytes>());
  }

  TEST_CASE("loads that break a rule of sizes and alignments are reported") {
    check_found(Fault::kTensorMap, misused<Misuse::kMisalignedTile>(), "not a multiple of 128");
    check_found(Fault::kTensorMap, misused<Misuse::kOddBytes>(), "a multiple of 16");
    check_found(Fault::kTensorMap, misused<Misuse::kOtherRank>(), "3 coordinates");
  }

  TEST_CASE("loads from beyond a buffer or to beyond shared memory are reported") {
    check_found(Fault::kOutOfBounds, misused<Misuse::kBeyondBuffer>());
    check_found(Fault::kOutOfBounds, misused<Misuse::kBeyondShared>());
  }

  TEST_CASE("a load that completes on a barrier without fence.mbarrier_init is reported") {
    check_found(Fault::kBarrierMisuse, misused<Misuse::kNoInitFence>(), "fence.mbarrier_init");
  }

  TEST_CASE("a tensor map that breaks a rule is reported when it is made") {
    check_found(
        Fault::kTensorMap,
        [](Emulator& emulator) {
          TensorCase tensor{"", 2, TensorElement::kU16, {32, 12, 1, 1}, {16, 8, 1, 1}};
          tensor.padding = 8;
          encode_tensor_map(tensor.spec(emulator.input<unsigned char>("in", 4096).data()));
        },
        "a stride is not a multiple of 16 bytes");
  }
}

}  // namespace
}  // namespace assay::device
