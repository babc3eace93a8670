// Stores and reductions by TMA: what changes in global memory, what does not, and misuse.
#include <doctest/doctest.h>

#include <cstdint>
#include <cstring>
#include <type_traits>
#include <vector>

#include "device/barrier.cuh"
#include "device/fence.cuh"
#include "device/launch.cuh"
#include "device/tensor_map.cuh"
#include "device/tma.cuh"
#include "kernels/device/formats.h"
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
};

constexpr unsigned kThreads = 64;
constexpr LaunchConfig kLaunch{.block = {kThreads, 1, 1}, .shared_bytes = sizeof(Shared)};

struct At {
  int of[4];
};

__device__ void fill(Shared& shared, const unsigned char* in, std::uint32_t bytes) {
  for (std::uint32_t i = thread_index().x; i < bytes; i += kThreads) shared.tile[i] = in[i];
  fence_proxy_async_shared();
  syncthreads();
}

template <int kRank, bool kAdds>
__global__ void store_box(const __grid_constant__ CUtensorMap map, At at, const unsigned char* in,
                          std::uint32_t bytes) {
  auto& shared = *static_cast<Shared*>(dynamic_smem());
  fill(shared, in, bytes);
  if (thread_index().x == 0) {
    int place[kRank];
    for (int d = 0; d < kRank; ++d) place[d] = at.of[d];
    if constexpr (kAdds) {
      tensor_reduce_add(map, place, shared.tile);
    } else {
      tensor_store(map, place, shared.tile);
    }
    bulk_commit();
    bulk_wait<0>();
  }
}

template <bool kAdds>
void launch_store(const TensorCase& tensor, unsigned char* address, const unsigned char* in) {
  const CUtensorMap map = encode_tensor_map(tensor.spec(address));
  const At at{{tensor.at[0], tensor.at[1], tensor.at[2], tensor.at[3]}};
  const auto bytes = static_cast<std::uint32_t>(tensor.box_bytes());
  if (tensor.rank == 2) launch(kLaunch, store_box<2, kAdds>, map, at, in, bytes);
  if (tensor.rank == 3) launch(kLaunch, store_box<3, kAdds>, map, at, in, bytes);
  if (tensor.rank == 4) launch(kLaunch, store_box<4, kAdds>, map, at, in, bytes);
}

Trial box_stores(const TensorCase& tensor) {
  return [=](Emulator& emulator) {
    const auto in = emulator.input<unsigned char>("in", tensor.box_bytes());
    const auto out = emulator.input<unsigned char>("out", tensor.tensor_bytes());
    for (std::size_t i = 0; i < in.size(); ++i) in[i] = static_cast<unsigned char>(1 + i % 251);
    std::vector<unsigned char> expected(out.size(), 0);
    launch_store<false>(tensor, out.data(), in.data());
    tensor.visit_inside(
        [&](std::size_t in_tile, std::size_t in_tensor) { expected[in_tensor] = in[in_tile]; });
    for (std::size_t i = 0; i < out.size(); ++i) {
      emulator::expect(out[i] == expected[i], tensor.name + ": byte " + std::to_string(i));
    }
  };
}

template <typename T>
T encode(int value) {
  if constexpr (std::is_same_v<T, Bf16>) {
    return to_bf16(static_cast<float>(value));
  } else if constexpr (std::is_same_v<T, F16>) {
    return to_f16(static_cast<float>(value));
  } else {
    return static_cast<T>(value);
  }
}

/// Adds a box of small integers to a tensor of small integers, across its lower right corner.
template <typename T>
Trial box_additions(TensorElement element) {
  return [=](Emulator& emulator) {
    const int inner = 32 / static_cast<int>(sizeof(T));
    const TensorCase tensor{
        "", 2, element, {inner + 3, 11, 1, 1}, {inner, 8, 1, 1}, {5, 6, 0, 0}, Swizzle::k32};
    const auto in = emulator.input<unsigned char>("in", tensor.box_bytes());
    const auto out = emulator.input<unsigned char>("out", tensor.tensor_bytes());
    const auto put = [](auto& bytes, std::size_t i, int value) {
      const T encoded = encode<T>(value);
      std::memcpy(&bytes[i * sizeof(T)], &encoded, sizeof(T));
    };
    std::vector<int> sums(out.size() / sizeof(T));
    for (std::size_t i = 0; i < sums.size(); ++i) {
      sums[i] = static_cast<int>(i % 17);
      put(out, i, sums[i]);
    }
    for (std::size_t i = 0; i < in.size() / sizeof(T); ++i) put(in, i, static_cast<int>(i % 23));
    launch_store<true>(tensor, out.data(), in.data());
    tensor.visit_inside([&](std::size_t in_tile, std::size_t in_tensor) {
      if (in_tensor % sizeof(T) != 0) return;
      sums[in_tensor / sizeof(T)] += static_cast<int>(in_tile / sizeof(T) % 23);
    });
    for (std::size_t i = 0; i < sums.size(); ++i) {
      const T expected = encode<T>(sums[i]);
      emulator::expect(std::memcmp(&out[i * sizeof(T)], &expected, sizeof(T)) == 0,
                       "element " + std::to_string(i));
    }
  };
}

template <typename T, bool kAdds>
__global__ void store_bytes(const unsigned char* in, T* out, std::uint32_t bytes) {
  auto& shared = *static_cast<Shared*>(dynamic_smem());
  fill(shared, in, bytes);
  if (thread_index().x == 0) {
    if constexpr (kAdds) {
      bulk_reduce_add(out, reinterpret_cast<T*>(shared.tile), bytes);
    } else {
      bulk_store(out, shared.tile, bytes);
    }
    bulk_commit();
    bulk_wait<0>();
  }
}

template <typename T, bool kAdds>
Trial byte_stores() {
  return [](Emulator& emulator) {
    constexpr std::size_t kCount = 256 / sizeof(T);
    const auto in = emulator.input<T>("in", kCount);
    const auto out = emulator.input<T>("out", kCount + 16);
    for (std::size_t i = 0; i < kCount; ++i) in[i] = encode<T>(static_cast<int>(i % 20) - 9);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = encode<T>(static_cast<int>(i % 50));
    launch(kLaunch, store_bytes<T, kAdds>, reinterpret_cast<const unsigned char*>(in.data()),
           out.data(), 256u);
    for (std::size_t i = 0; i < out.size(); ++i) {
      const int before = static_cast<int>(i % 50);
      const int term = static_cast<int>(i % 20) - 9;
      const T expected = encode<T>(i >= kCount ? before : kAdds ? before + term : term);
      emulator::expect(std::memcmp(&out[i], &expected, sizeof(T)) == 0, "an element");
    }
  };
}

/// Two blocks, all of whose bytes are added into the same place.
__global__ void add_from_every_block(std::uint32_t* out) {
  auto& shared = *static_cast<Shared*>(dynamic_smem());
  auto* words = reinterpret_cast<std::uint32_t*>(shared.tile);
  words[thread_index().x] = thread_index().x + block_index().x;
  fence_proxy_async_shared();
  syncthreads();
  if (thread_index().x == 0) {
    bulk_reduce_add(out, words, 4 * kThreads);
    bulk_commit();
    bulk_wait<0>();
  }
}

enum class Misuse { kNoFence, kNoBarrier, kReusedEarly, kNoWait, kNoCommit, kReadBack };

/// Stores a tile, then writes it again: `Misuse` leaves out one thing.
template <Misuse kLeaves>
__device__ void store_twice(const CUtensorMap& map) {
  auto& shared = *static_cast<Shared*>(dynamic_smem());
  auto* words = reinterpret_cast<std::uint32_t*>(shared.tile);
  words[thread_index().x] = thread_index().x;
  if constexpr (kLeaves != Misuse::kNoFence) fence_proxy_async_shared();
  if constexpr (kLeaves != Misuse::kNoBarrier) syncthreads();
  if (thread_index().x == 0) {
    tensor_store(map, {0, 0}, words);
    if constexpr (kLeaves != Misuse::kNoCommit) bulk_commit();
    if constexpr (kLeaves != Misuse::kReusedEarly && kLeaves != Misuse::kNoWait) {
      bulk_wait_read<0>();
    }
  }
  if constexpr (kLeaves != Misuse::kNoWait && kLeaves != Misuse::kNoCommit) {
    syncthreads();
    words[thread_index().x] = 0;
    if (thread_index().x == 0 && kLeaves == Misuse::kReusedEarly) bulk_wait_read<0>();
  }
}

template <Misuse kMisuse>
__global__ void misuse(const __grid_constant__ CUtensorMap map, std::uint32_t* out) {
  store_twice<kMisuse>(map);
  // Read by the thread that stored: visible to it only after the full wait.
  if constexpr (kMisuse == Misuse::kReadBack) {
    if (thread_index().x == 0) out[64] = out[0];
  }
}

template <Misuse kMisuse>
Trial misused() {
  return [](Emulator& emulator) {
    const TensorCase tensor{"", 2, TensorElement::kU32, {8, 8, 1, 1}, {8, 8, 1, 1}};
    const auto out = emulator.input<std::uint32_t>("out", 65);
    launch(kLaunch, misuse<kMisuse>, encode_tensor_map(tensor.spec(out.data())), out.data());
  };
}

TEST_SUITE("unit") {
  TEST_CASE("tensor stores of 2 to 4 dimensions change the box inside the tensor and no more") {
    for (const TensorCase& tensor : tensor_cases()) check_clean(box_stores(tensor), 1);
  }

  TEST_CASE("tensor reductions add in every element type") {
    check_clean(box_additions<float>(TensorElement::kF32), 2);
    check_clean(box_additions<Bf16>(TensorElement::kBf16), 2);
    check_clean(box_additions<F16>(TensorElement::kF16), 2);
    check_clean(box_additions<std::int32_t>(TensorElement::kS32), 2);
    check_clean(box_additions<std::uint32_t>(TensorElement::kU32), 2);
  }

  TEST_CASE("bulk stores and reductions change their bytes and no more") {
    check_clean(byte_stores<float, false>(), 2);
    check_clean(byte_stores<float, true>(), 2);
    check_clean(byte_stores<Bf16, true>(), 2);
    check_clean(byte_stores<F16, true>(), 2);
    check_clean(byte_stores<std::int32_t, true>(), 2);
    check_clean(byte_stores<std::uint32_t, true>(), 2);
  }

  TEST_CASE("reductions of several blocks add up") {
    check_clean([](Emulator& emulator) {
      const auto out = emulator.input<std::uint32_t>("out", kThreads);
      launch({.grid = {3, 1, 1}, .block = {kThreads, 1, 1}, .shared_bytes = sizeof(Shared)},
             add_from_every_block, out.data());
      for (unsigned i = 0; i < kThreads; ++i) emulator::expect(out[i] == 3 * i + 3, "a sum");
    });
  }

  TEST_CASE("a store of plain writes needs a proxy fence and a barrier") {
    check_found(Fault::kMissingProxyFence, misused<Misuse::kNoFence>(), "tma_store_test.cpp");
    check_always_found(misused<Misuse::kNoBarrier>());
  }

  TEST_CASE("a tile may not be written again before the store has read it") {
    check_found(Fault::kPendingAsync, misused<Misuse::kReusedEarly>());
  }

  TEST_CASE("a thread may not end before its stores have read") {
    check_found(Fault::kUnfinished, misused<Misuse::kNoWait>());
    check_found(Fault::kUnfinished, misused<Misuse::kNoCommit>());
  }

  TEST_CASE("a wait for reading does not make what was stored visible") {
    check_found(Fault::kPendingAsync, misused<Misuse::kReadBack>());
  }
}

}  // namespace
}  // namespace assay::device
