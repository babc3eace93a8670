// The pool: every index once a run, on threads that stay.
#include "kernels/thread_pool.h"

#include <doctest/doctest.h>

#include <set>

namespace assay {
namespace {

TEST_SUITE("unit") {
  TEST_CASE("every thread runs its index once in each of many runs") {
    for (const int size : {1, 2, 7}) {
      ThreadPool threads(size);
      REQUIRE(threads.size() == size);
      std::vector<int> runs(static_cast<std::size_t>(size), 0);
      std::vector<std::thread::id> first(static_cast<std::size_t>(size));
      threads.run([&](int i) { first[static_cast<std::size_t>(i)] = std::this_thread::get_id(); });
      for (int round = 0; round < 500; ++round) {
        threads.run([&](int i) { ++runs[static_cast<std::size_t>(i)]; });
      }
      CHECK(runs == std::vector<int>(static_cast<std::size_t>(size), 500));
      CHECK(std::set<std::thread::id>(first.begin(), first.end()).size() ==
            static_cast<std::size_t>(size));
      CHECK(first[0] == std::this_thread::get_id());
    }
  }

  TEST_CASE("parts cover everything once and break at whole units") {
    for (const std::int64_t total : {0, 1, 63, 64, 1000, 4097}) {
      for (const int count : {1, 3, 64}) {
        std::int64_t next = 0;
        for (int i = 0; i < count; ++i) {
          const Part part = part_of(total, i, count, 64);
          CHECK(part.first == next);
          CHECK((part.first % 64 == 0 || part.first == total));
          CHECK(part.last >= part.first);
          next = part.last;
        }
        CHECK(next == total);
      }
    }
  }
}

}  // namespace
}  // namespace assay
