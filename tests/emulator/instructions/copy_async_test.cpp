// cp.async: values, zero fill and groups, and what may not be touched while it is under way.
#include <doctest/doctest.h>

#include <cstdint>

#include "device/async_copy.cuh"
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

constexpr LaunchConfig kLaunch{.block = {32, 1, 1}, .shared_bytes = 2048};

template <int kBytes>
__global__ void copy(const unsigned char* in, unsigned char* out, std::uint32_t valid) {
  auto* shared = static_cast<unsigned char*>(dynamic_smem());
  const unsigned at = kBytes * thread_index().x;
  if (valid == kBytes) {
    copy_async<kBytes>(shared + at, in + at);
  } else {
    copy_async_zero_fill<kBytes>(shared + at, in + at, valid);
  }
  copy_async_commit();
  copy_async_wait<0>();
  syncthreads();
  const unsigned reversed = kBytes * (31 - thread_index().x);
  for (unsigned i = 0; i < kBytes; ++i) out[reversed + i] = shared[reversed + i];
}

template <int kBytes>
Trial copies(std::uint32_t valid) {
  return [=](Emulator& emulator) {
    const auto in = emulator.input<unsigned char>("in", 32 * kBytes);
    const auto out = emulator.output<unsigned char>("out", 32 * kBytes);
    for (unsigned i = 0; i < in.size(); ++i) in[i] = static_cast<unsigned char>(i + 1);
    launch(kLaunch, copy<kBytes>, in.data(), out.data(), valid);
    for (unsigned i = 0; i < in.size(); ++i) {
      emulator::expect(out[i] == (i % kBytes < valid ? in[i] : 0), "a byte");
    }
  };
}

/// Two groups; the first is used while the second may still be under way.
template <int kPending>
__global__ void two_groups(const std::uint32_t* in, std::uint32_t* out) {
  auto* shared = static_cast<std::uint32_t*>(dynamic_smem());
  const unsigned thread = thread_index().x;
  for (unsigned group = 0; group < 2; ++group) {
    copy_async<4>(&shared[32 * group + thread], &in[32 * group + thread]);
    copy_async_commit();
  }
  copy_async_wait<kPending>();
  out[thread] = shared[thread];
  copy_async_wait<0>();
  out[32 + thread] = shared[32 + thread];
}

template <int kPending>
Trial groups() {
  return [](Emulator& emulator) {
    const auto in = emulator.input<std::uint32_t>("in", 64);
    const auto out = emulator.output<std::uint32_t>("out", 64);
    for (unsigned i = 0; i < 64; ++i) in[i] = 3 * i;
    launch(kLaunch, two_groups<kPending>, in.data(), out.data());
    for (unsigned i = 0; i < 64; ++i) emulator::expect(out[i] == 3 * i, "a word");
  };
}

enum class Misuse { kReadEarly, kWriteEarly, kNoCommit, kNoBarrier, kMisaligned };

template <Misuse kMisuse>
__global__ void misuse(const std::uint32_t* in, std::uint32_t* out) {
  auto* shared = static_cast<std::uint32_t*>(dynamic_smem());
  const unsigned thread = thread_index().x;
  if constexpr (kMisuse == Misuse::kMisaligned) {
    copy_async<8>(&shared[thread], &in[0]);
  } else {
    copy_async<4>(&shared[thread], &in[thread]);
  }
  if constexpr (kMisuse == Misuse::kWriteEarly) shared[thread] = 1;
  if constexpr (kMisuse != Misuse::kNoCommit) copy_async_commit();
  if constexpr (kMisuse != Misuse::kReadEarly) copy_async_wait<0>();
  out[thread] = shared[kMisuse == Misuse::kNoBarrier ? 31 - thread : thread];
}

template <Misuse kMisuse>
Trial misused() {
  return [](Emulator& emulator) {
    launch(kLaunch, misuse<kMisuse>, emulator.input<std::uint32_t>("in", 64).data(),
           emulator.output<std::uint32_t>("out", 64).data());
  };
}

TEST_SUITE("unit") {
  TEST_CASE("cp.async copies 4 and 8 and 16 bytes and fills the rest with zeros") {
    check_clean(copies<4>(4));
    check_clean(copies<8>(8));
    check_clean(copies<16>(16));
    check_clean(copies<4>(1));
    check_clean(copies<16>(5));
    check_clean(copies<16>(0));
  }

  TEST_CASE("a wait for all but the newest group of cp.async leaves the older ones readable") {
    check_clean(groups<1>());
    check_clean(groups<0>());
  }

  TEST_CASE("a wait for one group too few of cp.async is found") {
    check_found(Fault::kPendingAsync, groups<2>(), "copy_async_test.cpp");
  }

  TEST_CASE("what cp.async copies may not be touched before the wait") {
    check_found(Fault::kPendingAsync, misused<Misuse::kReadEarly>());
    check_found(Fault::kPendingAsync, misused<Misuse::kWriteEarly>());
    check_found(Fault::kPendingAsync, misused<Misuse::kNoCommit>());
  }

  TEST_CASE("the wait for cp.async speaks for its own thread only") {
    // Before the other thread's wait its bytes are not there or under way, then they are its own.
    int found = 0;
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
      emulator::Settings settings;
      settings.seed = seed;
      const auto report = emulator::run_trial(misused<Misuse::kNoBarrier>(), settings);
      REQUIRE(report);
      CHECK((report->fault == Fault::kRace || report->fault == Fault::kPendingAsync ||
             report->fault == Fault::kUninitialised));
      ++found;
    }
    CHECK(found == 10);
  }

  TEST_CASE("a misaligned cp.async is reported") {
    check_found(Fault::kAlignment, misused<Misuse::kMisaligned>());
  }
}

}  // namespace
}  // namespace assay::device
