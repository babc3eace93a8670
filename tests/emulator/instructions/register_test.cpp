// setmaxnreg: registers move from one warpgroup to another, within the block's pool.
#include "device/register.cuh"

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

/// Three warpgroups start with 168 registers a thread: 40 for one leaves 232 for the two others.
template <int kProducer, int kConsumer, bool kProducerGives = true>
__global__ void rebalance(std::uint32_t* out) {
  if (warp_index() < 4) {
    if constexpr (kProducerGives) registers_decrease<kProducer>();
  } else {
    registers_increase<kConsumer>();
  }
  syncthreads();
  if (thread_index().x == 0) *out = 1;
}

template <int kProducer, int kConsumer, bool kProducerGives = true>
Trial rebalances() {
  return [](Emulator& emulator) {
    const auto out = emulator.output<std::uint32_t>("out", 1);
    launch({.block = {384, 1, 1}, .registers_per_thread = 168},
           rebalance<kProducer, kConsumer, kProducerGives>, out.data());
    emulator::expect(out[0] == 1, "went on");
  };
}

TEST_SUITE("unit") {
  TEST_CASE("a producer gives the registers that two consumers take") {
    check_clean(rebalances<40, 232>());
    check_clean(rebalances<24, 240>());
  }

  TEST_CASE("registers that nobody gives are waited for in vain") {
    check_found({Fault::kDeadlock, Fault::kRegisters}, rebalances<40, 240>(), "the pool");
    check_found({Fault::kDeadlock, Fault::kRegisters}, rebalances<40, 232, false>(), "the pool");
  }

  TEST_CASE("decreasing to more registers or increasing to fewer is reported") {
    check_found(Fault::kRegisters, rebalances<200, 232>());
    check_found(Fault::kRegisters, rebalances<24, 160>());
  }
}

}  // namespace
}  // namespace assay::device
