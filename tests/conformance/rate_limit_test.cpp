// A fraction and its interval against two limits, at, beside and between them.
#include "harness/conformance/rate_limit.h"

#include <doctest/doctest.h>

#include <string>

namespace assay {

TEST_SUITE("unit") {
  TEST_CASE("a fraction at a limit has reached it at either end of its interval") {
    struct Row {
      double unfavourable, favourable;
      Verdict verdict;
    };
    const RateLimit limit{0.5, 0.75};
    for (const Row& row :
         {Row{0.75, 0.75, Verdict::pass}, Row{0.75, 0.875, Verdict::pass},
          Row{0.625, 0.75, Verdict::warn}, Row{0.625, 0.875, Verdict::warn},
          Row{0.5, 0.5, Verdict::warn}, Row{0.5, 0.875, Verdict::warn},
          Row{0.375, 0.5, Verdict::not_evaluated}, Row{0.375, 0.875, Verdict::not_evaluated},
          Row{0.25, 0.375, Verdict::fail}, Row{0.375, 0.375, Verdict::fail}}) {
      CAPTURE(row.unfavourable);
      CAPTURE(row.favourable);
      const RateFraction fraction{row.favourable, row.favourable, row.unfavourable};
      CHECK(against(fraction, limit) == row.verdict);
      Findings findings;
      CHECK(report_below("it", fraction, limit, Subject{"node", "n"}, findings) ==
            (row.verdict != Verdict::pass));
      if (row.verdict != Verdict::pass) CHECK(findings.verdict("").verdict == row.verdict);
    }
  }

  TEST_CASE("a warning says whether the median is below or its interval only reaches there") {
    const auto reason = [](double at_median) {
      Findings findings;
      report_below("it", {at_median, 0.875, 0.625}, {0.5, 0.75}, {"node", "n"}, findings);
      return findings.verdict("").reason;
    };
    CHECK(reason(0.7) == "it, below 75 %");
    CHECK(reason(0.75) == "it, not surely above 75 %");
  }

  TEST_CASE("an interval stretches a fraction by the median's distance to its ends") {
    struct Row {
      MedianTime time;
      double favourable, unfavourable;
    };
    for (const Row& row :
         {Row{{2, 1, 4}, 1.0, 0.25}, Row{{2, 2, 2}, 0.5, 0.5}, Row{{2, 1, 2}, 1.0, 0.5},
          Row{{2, 2, 4}, 0.5, 0.25}, Row{{2, 0, 4}, 0.5, 0.25}, Row{{}, 0.5, 0.5}}) {
      CAPTURE(row.time.low_s);
      CAPTURE(row.time.high_s);
      const RateFraction fraction = with_interval(0.5, row.time);
      CHECK(fraction.at_median == 0.5);
      CHECK(fraction.favourable == row.favourable);
      CHECK(fraction.unfavourable == row.unfavourable);
    }
    Measurement untimed;
    CHECK(median_time_of(untimed).seconds == 0);
    CHECK(with_interval(0.5, untimed).favourable == 0.5);
  }
}

}  // namespace assay
