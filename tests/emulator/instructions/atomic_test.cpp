// Atomics, and messages passed by release and acquire.
#include "device/atomic.cuh"

#include <doctest/doctest.h>

#include <cstdint>

#include "device/fence.cuh"
#include "device/launch.cuh"
#include "tests/emulator/instructions/trials.h"

namespace assay::device {
namespace {

using emulator::check_clean;
using emulator::check_found;
using emulator::Emulator;
using emulator::Fault;
using emulator::Trial;

__global__ void every_atomic(std::uint32_t* words, float* sum, unsigned long long* wide) {
  const unsigned thread = thread_index().x;
  atomic_add(&words[0], thread);
  atomic_max(&words[1], thread);
  atomic_min(&words[2], 1000 - thread);
  const unsigned before = atomic_exchange(&words[3], thread + 1);
  atomic_add(&words[4], before);
  atomic_compare_exchange(&words[5], 0u, thread + 1);
  atomic_add(sum, 0.5f);
  atomic_add(wide, 1ull << 33);
}

/// Thread 32 writes a word and raises the flag; thread 0 waits for the flag and reads the word.
enum class Send { kStoreRelease, kAddRelease, kFenceAndAdd, kRelaxedAdd };
enum class Receive { kLoadAcquire, kRelaxedAndFence, kRelaxed };

template <Send kSend, Receive kReceive>
__global__ void message(std::uint32_t* word, std::uint32_t* flag, std::uint32_t* out) {
  if (thread_index().x == 32) {
    *word = 41;
    if constexpr (kSend == Send::kStoreRelease) store_release(flag, 1);
    if constexpr (kSend == Send::kAddRelease) atomic_add_release(flag, 1);
    if constexpr (kSend == Send::kFenceAndAdd) threadfence();
    if constexpr (kSend == Send::kFenceAndAdd || kSend == Send::kRelaxedAdd) atomic_add(flag, 1u);
  } else if (thread_index().x == 0) {
    if constexpr (kReceive == Receive::kLoadAcquire) {
      while (load_acquire(flag) == 0) {
      }
    } else {
      // A relaxed poll: adding nothing, and looking at the flag in between so that others run.
      while (atomic_add(flag, 0u) == 0 && load_acquire(flag + 1) == 0) {
      }
      if constexpr (kReceive == Receive::kRelaxedAndFence) threadfence();
    }
    *out = *word + 1;
  }
}

template <Send kSend, Receive kReceive>
Trial messages() {
  return [](Emulator& emulator) {
    const auto word = emulator.output<std::uint32_t>("word", 1);
    const auto flag = emulator.input<std::uint32_t>("flag", 2);
    const auto out = emulator.output<std::uint32_t>("out", 1);
    launch({.block = {64, 1, 1}}, message<kSend, kReceive>, word.data(), flag.data(), out.data());
    emulator::expect(out[0] == 42, "the message");
  };
}

__global__ void atomic_against_store(std::uint32_t* word) {
  if (thread_index().x == 0) {
    atomic_add(word, 1u);
  } else {
    *word = 5;
  }
}

__global__ void misaligned_atomic(unsigned char* bytes) {
  atomic_add(reinterpret_cast<std::uint32_t*>(bytes + 2), 1u);
}

TEST_SUITE("unit") {
  TEST_CASE("atomics of many threads leave what some order of them would") {
    check_clean([](Emulator& emulator) {
      const auto words = emulator.input<std::uint32_t>("words", 6);
      const auto sum = emulator.input<float>("sum", 1);
      const auto wide = emulator.input<unsigned long long>("wide", 1);
      words[2] = ~0u;
      launch({.block = {64, 1, 1}}, every_atomic, words.data(), sum.data(), wide.data());
      emulator::expect(words[0] == 63 * 64 / 2, "add");
      emulator::expect(words[1] == 63, "max");
      emulator::expect(words[2] == 1000 - 63, "min");
      emulator::expect(words[3] + words[4] == 64 * 65 / 2, "exchange");
      emulator::expect(words[5] >= 1 && words[5] <= 64, "compare and exchange");
      emulator::expect(sum[0] == 32.0f, "float");
      emulator::expect(wide[0] == 64ull << 33, "64 bits");
    });
  }

  TEST_CASE("blocks that run one after another add to one word") {
    check_clean([](Emulator& emulator) {
      const auto words = emulator.input<std::uint32_t>("words", 6);
      const auto sum = emulator.input<float>("sum", 1);
      const auto wide = emulator.input<unsigned long long>("wide", 1);
      launch({.grid = {3, 1, 1}, .block = {32, 1, 1}}, every_atomic, words.data(), sum.data(),
             wide.data());
      emulator::expect(words[0] == 3 * 31 * 32 / 2, "add");
    });
  }

  TEST_CASE("a message arrives by release and acquire or by relaxed atomics between fences") {
    check_clean(messages<Send::kStoreRelease, Receive::kLoadAcquire>());
    check_clean(messages<Send::kAddRelease, Receive::kLoadAcquire>());
    check_clean(messages<Send::kFenceAndAdd, Receive::kLoadAcquire>());
    check_clean(messages<Send::kFenceAndAdd, Receive::kRelaxedAndFence>());
  }

  TEST_CASE("a message sent without release is a race") {
    check_found(Fault::kRace, messages<Send::kRelaxedAdd, Receive::kLoadAcquire>(),
                "atomic_test.cpp");
  }

  TEST_CASE("a message read without acquire is a race") {
    check_found(Fault::kRace, messages<Send::kStoreRelease, Receive::kRelaxed>());
  }

  TEST_CASE("an atomic beside a plain store of the same word is a race") {
    check_found(Fault::kRace, [](Emulator& emulator) {
      launch({.block = {2, 1, 1}}, atomic_against_store,
             emulator.input<std::uint32_t>("word", 1).data());
    });
  }

  TEST_CASE("a misaligned atomic is reported") {
    check_found(Fault::kAlignment, [](Emulator& emulator) {
      launch({.block = {1, 1, 1}}, misaligned_atomic,
             emulator.input<unsigned char>("bytes", 16).data());
    });
  }
}

}  // namespace
}  // namespace assay::device
