// Numbers in reasons: where the digits, the prefix and the unit change.
#include "harness/conformance/quantity.h"

#include <doctest/doctest.h>

#include <string>

namespace assay {

namespace {

struct Row {
  double value;
  const char* text;
};

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a percentage has a decimal below ten where that is none of zero") {
    for (const Row& row :
         {Row{0, "0 %"}, Row{0.0004, "0 %"}, Row{0.0006, "0.1 %"}, Row{0.05, "5 %"},
          Row{0.0504, "5 %"}, Row{0.0512, "5.1 %"}, Row{0.0994, "9.9 %"}, Row{0.0998, "10 %"},
          Row{0.1, "10 %"}, Row{0.1043, "10 %"}, Row{0.1067, "11 %"}, Row{1.2345, "123 %"},
          Row{-0.0512, "-5.1 %"}, Row{-0.1043, "-10 %"}}) {
      CAPTURE(row.value);
      CHECK(percent(row.value) == row.text);
    }
  }

  TEST_CASE("a value that reads as its limit is told with the digits that tell them apart") {
    CHECK(percent_limit(0.9, 0.85) == "90 %");
    CHECK(percent_limit(0.9, 0.9) == "90 %");
    CHECK(percent_limit(0.9, 0.8961) == "90 %, it is 89.6 %");
    CHECK(percent_limit(0.9, 0.89999) == "90 %, it is 89.999 %");
    CHECK(percent_limit(1 / 1.02, 0.976) == "98 %, it is 97.6 %");
    CHECK(percent_limit(0.05, 0.0503) == "5 %, it is 5.03 %");
  }

  TEST_CASE("a rate has three digits with the prefix that leaves the fewest and its own unit") {
    for (const Row& row :
         {Row{0, "0.00 B/s"}, Row{9.99, "9.99 B/s"}, Row{10, "10.0 B/s"}, Row{99.9, "99.9 B/s"},
          Row{100, "100 B/s"}, Row{999, "999 B/s"}, Row{1000, "1.00 kB/s"},
          Row{3.352e12, "3.35 TB/s"}, Row{450e9, "450 GB/s"}, Row{2e6, "2.00 MB/s"},
          Row{1e15, "1.00 PB/s"}, Row{1e18, "1000 PB/s"}, Row{-1000, "-1.00 kB/s"},
          Row{-10, "-10.0 B/s"}}) {
      CAPTURE(row.value);
      CHECK(in_words({"bytes_per_s", row.value}) == row.text);
    }
    CHECK(in_words({"flop_per_s", 989.4e12}) == "989 TFLOP/s");
    CHECK(megahertz(1.98e9) == "1980 MHz");
  }
}

}  // namespace assay
