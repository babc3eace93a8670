// The register layouts of mma.sync and wgmma: spot values of the manual's figures, and bijections.
#include "kernels/device/fragment.h"

#include <doctest/doctest.h>

#include <set>
#include <utility>

namespace assay::device {
namespace {

TEST_SUITE("unit") {
  TEST_CASE("accumulators stand where the figure of the manual puts them") {
    CHECK(accumulator_position(0, 0) == Position{0, 0});
    CHECK(accumulator_position(0, 1) == Position{0, 1});
    CHECK(accumulator_position(0, 2) == Position{8, 0});
    CHECK(accumulator_position(0, 4) == Position{0, 8});
    CHECK(accumulator_position(1, 0) == Position{0, 2});
    CHECK(accumulator_position(4, 0) == Position{1, 0});
    CHECK(accumulator_position(31, 3) == Position{15, 7});
    CHECK(accumulator_position(32, 0) == Position{16, 0});
    CHECK(accumulator_position(127, 127) == Position{63, 255});
  }

  TEST_CASE("every output of 64 by N has one thread and register for each N") {
    for (const int n : {8, 16, 24, 32, 64, 96, 128, 192, 256}) {
      std::set<std::pair<int, int>> outputs;
      for (int thread = 0; thread < 128; ++thread) {
        for (int i = 0; i < n / 2; ++i) {
          const Position at = accumulator_position(thread, i);
          REQUIRE(at.row < 64);
          REQUIRE(at.column < n);
          outputs.insert({at.row, at.column});
          const AccumulatorIndex back = accumulator_at(at);
          REQUIRE(back.thread == thread);
          REQUIRE(back.index == i);
        }
      }
      CHECK(outputs.size() == static_cast<std::size_t>(64 * n));
    }
  }

  TEST_CASE("the fragments of A stand where the figures of the manual put them") {
    CHECK(a_position(5, 0, 1, 2) == Position{1, 3});     // 16-bit: a1 of thread 5
    CHECK(a_position(5, 1, 0, 2) == Position{9, 2});     // a2: eight rows below
    CHECK(a_position(5, 2, 0, 2) == Position{1, 10});    // a4: eight columns on
    CHECK(a_position(6, 3, 0, 4) == Position{9, 6});     // tf32: a3
    CHECK(a_position(6, 0, 3, 1) == Position{1, 11});    // 8-bit: a3
    CHECK(a_position(6, 2, 0, 1) == Position{1, 24});    // a8: sixteen columns on
    CHECK(a_position(101, 0, 0, 2) == Position{49, 2});  // the fourth warp's rows
  }

  TEST_CASE("every element of A and B has one thread and register for each element size") {
    for (const int size : {1, 2, 4}) {
      std::set<std::pair<int, int>> a;
      std::set<std::pair<int, int>> b;
      for (int thread = 0; thread < 128; ++thread) {
        for (int e = 0; e < 4 / size; ++e) {
          for (int r = 0; r < 4; ++r) {
            const Position at = a_position(thread, r, e, size);
            REQUIRE(at.column < 32 / size);
            a.insert({at.row, at.column});
          }
          for (int r = 0; r < 2 && thread < 32; ++r) {
            const Position at = b_position(thread, r, e, size);
            REQUIRE(at.row < 32 / size);
            b.insert({at.row, at.column});
          }
        }
      }
      CHECK(a.size() == static_cast<std::size_t>(64 * 32 / size));
      CHECK(b.size() == static_cast<std::size_t>(8 * 32 / size));
    }
  }

  TEST_CASE("the fragments of B stand where the figures of the manual put them") {
    CHECK(b_position(5, 0, 1, 2) == Position{3, 1});
    CHECK(b_position(5, 1, 0, 2) == Position{10, 1});
    CHECK(b_position(6, 1, 0, 4) == Position{6, 1});
    CHECK(b_position(6, 1, 2, 1) == Position{26, 1});
  }
}

}  // namespace
}  // namespace assay::device
