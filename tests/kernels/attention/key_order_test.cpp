// Which keys the columns of scores belong to: every key once, and where products expect them.
#include "kernels/attention/key_order.h"

#include <doctest/doctest.h>

#include <set>

namespace assay::attention {
namespace {

/// A product's left operand, and the accumulators that it is made of.
template <int kKeys, int kBytes>
void check_order() {
  using Order = KeyOrder<kKeys, kBytes>;
  constexpr int kProductKeys = 32 / kBytes;
  std::set<int> keys;
  for (int column = 0; column < kKeys; ++column) keys.insert(Order::key_of(column));
  CHECK(keys.size() == kKeys);
  CHECK(*keys.begin() == 0);
  CHECK(*keys.rbegin() == kKeys - 1);
  for (int thread = 0; thread < 128; ++thread) {
    for (int i = 0; i < kKeys / 2; ++i) {
      const int column = device::accumulator_position(thread, i).column;
      REQUIRE(Order::first_key(thread) + Order::key_step(i) == Order::key_of(column));
    }
    std::set<int> used;
    for (int product = 0; product < kKeys / kProductKeys; ++product) {
      for (int r = 0; r < 4; ++r) {
        for (int e = 0; e < 4 / kBytes; ++e) {
          const int i = Order::accumulator(product, r, e);
          const device::Position from = device::accumulator_position(thread, i);
          const device::Position to = device::a_position(thread, r, e, kBytes);
          REQUIRE(from.row == to.row);
          REQUIRE(Order::key_of(from.column) == kProductKeys * product + to.column);
          used.insert(i);
        }
      }
    }
    CHECK(used.size() == kKeys / 2);
  }
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("accumulators of scores hold the keys that a product expects of their thread") {
    check_order<64, 2>();
    check_order<176, 2>();
    check_order<32, 1>();
    check_order<128, 1>();
    check_order<192, 1>();
    check_order<256, 1>();
  }

  TEST_CASE("each half of the columns is one box of pairs out of every four keys") {
    using Order = KeyOrder<128, 1>;
    for (int part = 0; part < Order::kParts; ++part) {
      for (int four = 0; four < 32; ++four) {
        for (int pair = 0; pair < 2; ++pair) {
          const int column = 64 * part + 2 * four + pair;  // rows of a box, innermost first
          CHECK(Order::key_of(column) == 4 * four + 2 * part + pair);
        }
      }
    }
  }
}

}  // namespace assay::attention
