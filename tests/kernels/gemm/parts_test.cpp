// A shape with batches or groups: how it is read, and the single products that it is made of.
#include "kernels/gemm/parts.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "harness/core/shape.h"

namespace assay {
namespace {

TEST_SUITE("unit") {
  TEST_CASE("a GEMM shape is m and n and k and at most one of b and g") {
    const auto read = [](const char* text) { return GemmShape::from(Shape::parse(text)); };
    const auto batched = read("m5_n6_k7_b8").value();
    CHECK(batched.batches == 8);
    CHECK(batched.groups == 0);
    CHECK(batched.rows() == 40);
    CHECK(batched.matrices() == 8);
    const auto grouped = read("m5_n6_k7_g8").value();
    CHECK(grouped.batches == 1);
    CHECK(grouped.groups == 8);
    CHECK(grouped.rows() == 5);
    CHECK(grouped.matrices() == 8);
    CHECK(read("m5_n6_k7").value().matrices() == 1);
    for (const char* wrong :
         {"m5_n6", "m5_n6_k7_b1", "m5_n6_k7_g1", "m5_n6_k7_b65536", "m5_n6_k7_b", "m5_n6_k7_h8",
          "b8_m5_n6_k7", "m5_n6_k7_b8_g8", "m5_n6_k7_g0"}) {
      CHECK_MESSAGE(!read(wrong), wrong);
    }
  }

  TEST_CASE("every row falls to one group and the seed repeats it") {
    for (const int rows : {1, 7, 300, 4096}) {
      const GemmShape shape{rows, 8, 8, 1, 32};
      const auto begins = group_begins(shape, 3);
      REQUIRE(begins.size() == 33);
      CHECK(begins.front() == 0);
      CHECK(begins.back() == rows);
      CHECK(std::is_sorted(begins.begin(), begins.end()));
      CHECK(begins == group_begins(shape, 3));
      if (rows > 1) CHECK(begins != group_begins(shape, 4));
      const auto parts = parts_of(shape, 3);
      CHECK((rows < 32) == (parts.size() < 32));  // a group without rows is no product
      std::int64_t next = 0;
      for (const GemmPart& part : parts) {
        CHECK(part.rows > 0);
        CHECK(part.first_row == next);
        CHECK(part.first_row == begins[static_cast<std::size_t>(part.matrix)]);
        for (std::int64_t row = next; row < next + part.rows; ++row) {
          REQUIRE(part_of_row(parts, row).matrix == part.matrix);
        }
        next += part.rows;
      }
      CHECK(next == rows);
    }
  }

  TEST_CASE("a batch is one product of all its rows for each matrix") {
    const GemmShape shape{5, 6, 7, 3};
    const auto parts = parts_of(shape, 1);
    REQUIRE(parts.size() == 3);
    for (std::int64_t i = 0; i < 3; ++i) {
      const GemmPart& part = parts[static_cast<std::size_t>(i)];
      CHECK(part.first_row == 5 * i);
      CHECK(part.rows == 5);
      CHECK(part.matrix == i);
      CHECK(part_of_row(parts, 5 * i + 4).matrix == i);
    }
    CHECK(of_part(shape, parts[2]) == " of batch 2");
    CHECK(of_part({5, 6, 7, 1, 3}, {0, 2, 1}) == " of group 1");
    CHECK(of_part({5, 6, 7}, parts_of({5, 6, 7}, 1)[0]).empty());
  }
}

}  // namespace
}  // namespace assay
