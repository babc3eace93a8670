// Ranks of one run on one machine: one takes the locks, and they measure their devices in turn.
#include "harness/run/machine_sharing.h"

#include <doctest/doctest.h>

#include "harness/core/error.h"

using namespace assay;

TEST_SUITE("unit") {
  TEST_CASE("the first rank of each machine takes its lock and the others wait their turn") {
    const auto all =
        run::machines_shared({"a", "b", "a", "a"}, {{"host"}, {"host"}, {"host"}, {"host"}});
    CHECK(all[0].locks == std::vector<std::string>{"host"});
    CHECK(all[1].locks == std::vector<std::string>{"host"});
    CHECK(all[2].locks.empty());
    CHECK(all[0].turn == 0);
    CHECK(all[1].turn == 0);
    CHECK(all[2].turn == 1);
    CHECK(all[3].turn == 2);
    for (const auto& one : all) CHECK(one.turns == 3);
  }

  TEST_CASE("ranks of one machine with GPUs of their own measure at once") {
    const auto all = run::machines_shared({"a", "a"}, {{"GPU-1"}, {"GPU-2", "GPU-3"}});
    CHECK(all[1].locks == std::vector<std::string>{"GPU-2", "GPU-3"});
    CHECK(all[1].turns == 1);
  }

  TEST_CASE("two ranks of one machine with one GPU are refused by their numbers") {
    CHECK_THROWS_WITH_AS(run::machines_shared({"a", "b", "a"}, {{"GPU-1"}, {"GPU-1"}, {"GPU-1"}}),
                         "ranks 0 and 2 are on one machine and both have GPU-1: give each rank "
                         "GPUs of its own with CUDA_VISIBLE_DEVICES",
                         Error);
  }
}
