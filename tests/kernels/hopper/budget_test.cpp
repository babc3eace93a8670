// What a block's warpgroups share adds up, and what does not is said in words.
#include "kernels/hopper/budget.h"

#include <doctest/doctest.h>

#include <string>

namespace assay::hopper {
namespace {

bool is(const Registers& pool, int initial, int producer, int consumer) {
  return pool.initial == initial && pool.producer == producer && pool.consumer == consumer;
}

TEST_SUITE("unit") {
  TEST_CASE("the register split spends the pool and never more") {
    CHECK(is(registers(1, 40), 255, 0, 0));
    CHECK(is(registers(2, 40), 168, 40, 232));
    CHECK(is(registers(2, 24), 168, 24, 240));
    CHECK(is(registers(3, 32), 128, 32, 160));
    for (int consumers = 1; consumers <= kMostConsumers; ++consumers) {
      for (int producer = 24; producer <= 128; producer += 8) {
        const Registers pool = registers(consumers, producer);
        CHECK(budget_fault(consumers, pool, kMostShared, 80) == nullptr);
        CHECK(pool.consumer % 8 == 0);
      }
    }
  }

  TEST_CASE("a kernel beyond its block is told which budget it breaks") {
    const Registers pool = registers(2, 40);
    const auto fault = [](int consumers, Registers split, int shared, int live) {
      const char* words = budget_fault(consumers, split, shared, live);
      return std::string(words ? words : "");
    };
    CHECK(fault(2, pool, kMostShared, 192) == "");
    CHECK(fault(2, pool, kMostShared, 193) == "the accumulators leave too few registers");
    CHECK(fault(2, pool, kMostShared + 1, 0) == "more shared memory than a block has");
    CHECK(fault(4, pool, 0, 0) == "one to three warpgroups compute");
    CHECK(fault(2, {168, 48, 232}, 0, 0) == "setmaxnreg asks for more registers than the pool has");
    CHECK(fault(2, {168, 16, 232}, 0, 0) == "setmaxnreg takes 24 to 256 registers");
    CHECK(fault(2, {176, 0, 0}, 0, 0) == "more registers than a multiprocessor has");
  }
}

}  // namespace
}  // namespace assay::hopper
